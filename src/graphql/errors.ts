import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError } from '../domain/errors.js';
import type { Log } from '../domain/log.js';
import { MAX_MESSAGE_CHARS } from './document-limits.js';

/** Codes that Apollo Server gives to documents that are wrong: a client's mistake, in the words of our table. */
const CLIENT_MISTAKES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** An error as clients see it, over HTTP and WebSocket alike: a code of the table and a sentence, nothing of ours. */
export function createFormatError(log: Log) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const { path, locations } = formatted;
    const place = { ...(locations && { locations }), ...(path && { path }) };
    const original = error instanceof GraphQLError ? error.originalError : error;
    if (original instanceof AppError) {
      return { message: original.message, ...place, extensions: { code: original.code, ...original.details } };
    }
    const code = String(formatted.extensions?.['code'] ?? '');
    // Without an original error it is the document that is wrong: graphql-js says so itself.
    if (CLIENT_MISTAKES.has(code) || (error instanceof GraphQLError && !error.originalError)) {
      return { message: tidy(formatted.message), ...place, extensions: { code: 'BAD_USER_INPUT' } };
    }
    if (original instanceof GraphQLError) {
      return { message: tidy(original.message), ...place, extensions: { code: 'BAD_USER_INPUT' } };
    }
    log.error({ error: original }, 'resolver failed');
    return { message: 'Something went wrong on our side.', ...place, extensions: { code: 'INTERNAL' } };
  };
}

/** Without graphql-js's suggestions of other names, and not longer than a person reads. */
function tidy(message: string): string {
  const plain = message.replace(/ ?Did you mean [^?]*\?/g, '');
  return plain.length > MAX_MESSAGE_CHARS ? `${plain.slice(0, MAX_MESSAGE_CHARS)}…` : plain;
}
