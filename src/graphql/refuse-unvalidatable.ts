import type { RequestHandler } from 'express';
import { GraphQLError, type GraphQLSchema, parse, SingleFieldSubscriptionsRule, validate } from 'graphql';
import { AppError } from '../domain/errors.js';
import { DOCUMENT_LIMITS } from './document-limits.js';

/**
 * graphql-js's rule for subscriptions throws where a directive at their root has a variable without a value, and
 * Apollo takes what validation throws for an error of the server. Such a document is refused before it gets there.
 */
export function createRefuseUnvalidatable(schema: GraphQLSchema): RequestHandler {
  return (request, _response, next) => {
    const query = (request.body as { query?: unknown } | undefined)?.query ?? request.query['query'];
    const mayThrow = typeof query === 'string' && query.includes('subscription');
    if (mayThrow && !canBeValidated(schema, query)) {
      throw new AppError('BAD_USER_INPUT', 'A directive of the subscription has a variable without a value.');
    }
    next();
  };
}

function canBeValidated(schema: GraphQLSchema, query: string): boolean {
  try {
    validate(schema, parse(query, { maxTokens: DOCUMENT_LIMITS.tokens }), [SingleFieldSubscriptionsRule]);
    return true;
  } catch (error) {
    // What cannot be parsed is told by Apollo, in the words of the parser.
    return !(error instanceof GraphQLError) || error.message.startsWith('Syntax Error');
  }
}
