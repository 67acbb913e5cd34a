import type { IncomingHttpHeaders } from 'node:http';
import {
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  validate,
} from 'graphql';
import type { ServerOptions, SubscribePayload } from 'graphql-ws';
import { AppError } from '../domain/errors.js';
import type { Log } from '../domain/log.js';
import { type Metrics, secondsSince } from '../domain/metrics.js';
import { checkOperation } from './check-operation.js';
import type { GraphQLContext } from './context.js';
import { DOCUMENT_LIMITS } from './document-limits.js';
import { codeOf, createFormatError } from './errors.js';
import { createKnownDocuments, type KnownDocuments } from './known-documents.js';
import { createSubscribeShared } from './subscribe-shared.js';

/** Operations under way at once on one socket: a page that watches each of a list of requests has some twenty. */
const MAX_OPERATIONS = 100;

export interface SubscriptionsDeps {
  schema: GraphQLSchema;
  log: Log;
  metrics: Metrics;
  contextFor: (headers: IncomingHttpHeaders) => GraphQLContext;
  /** @throws AppError RATE_LIMITED */
  count: (client: { address: string; owner: string | null }) => void;
  /** A place for one more socket of this key; null where it has all that it may. */
  openSocket: (owner: string) => (() => void) | null;
}

/** What the transport tells of a client. */
interface SocketClient {
  headers: IncomingHttpHeaders;
  address: string;
  turnAway(reason: string): void;
  onClosed(action: () => void): void;
}

type Options = ServerOptions<Record<string, unknown>, SocketClient>;

/**
 * GraphQL over WebSocket: the same schema, context, limits and errors as over HTTP, none of which Apollo brings here. A
 * key comes in the headers, or in `connectionParams` from a browser, which cannot set them; without one that is known
 * the connection is closed as forbidden (4403).
 */
export function createSubscriptions(deps: SubscriptionsDeps): Options {
  const { log, metrics, contextFor, openSocket } = deps;
  const formatError = createFormatError(log);
  const known = createKnownDocuments();
  return {
    execute: measured(execute, metrics),
    subscribe: measured(createSubscribeShared(), metrics),
    onConnect({ connectionParams, extra }) {
      const { owner } = contextFor({ ...extra.headers, ...keyOf(connectionParams) });
      if (owner === null) return false;
      const leave = openSocket(owner);
      if (leave) extra.onClosed(leave);
      else extra.turnAway('Too many connections');
      return true;
    },
    onSubscribe({ connectionParams, extra, subscriptions }, _id, payload) {
      const began = performance.now();
      const refused = (errors: readonly GraphQLError[]) => {
        metrics.operationEnded('unknown', codeOf(errors[0]), secondsSince(began));
        return errors;
      };
      try {
        const contextValue = contextFor({ ...extra.headers, ...keyOf(connectionParams) });
        deps.count({ address: extra.address, owner: contextValue.owner });
        if (Object.keys(subscriptions).length > MAX_OPERATIONS) {
          throw new AppError('RATE_LIMITED', `At most ${MAX_OPERATIONS} operations are under way on one connection.`);
        }
        const { args, errors } = prepare(deps.schema, known, payload, contextValue);
        return args ?? refused(errors);
      } catch (error) {
        const originalError = error as Error;
        return refused([
          error instanceof GraphQLError ? error : new GraphQLError(originalError.message, { originalError }),
        ]);
      }
    },
    onError: (_context, _id, _payload, errors) => errors.map((error) => formatError(error.toJSON(), error)),
    onNext: (_context, _id, _payload, _args, { errors, data, extensions }) =>
      errors && {
        data: data ?? null,
        errors: errors.map((error) => formatError(error.toJSON(), error)),
        ...(extensions && { extensions }),
      },
  };
}

/** Tells how long an operation took, of a subscription how long till it began, and how that ended. */
function measured<R>(run: (args: ExecutionArgs) => R, metrics: Metrics) {
  return async (args: ExecutionArgs): Promise<Awaited<R>> => {
    const began = performance.now();
    const result = await run(args);
    const [error] = (result as ExecutionResult).errors ?? [];
    const type = getOperationAST(args.document, args.operationName)?.operation ?? 'unknown';
    metrics.operationEnded(type, error ? codeOf(error) : null, secondsSince(began));
    return result;
  };
}

/** What graphql-js executes, or why it does not. @throws GraphQLError */
function prepare(
  schema: GraphQLSchema,
  known: KnownDocuments,
  { query, operationName, variables }: SubscribePayload,
  contextValue: GraphQLContext,
) {
  const seen = known.get(query);
  const document = seen ?? parse(query, { maxTokens: DOCUMENT_LIMITS.tokens });
  const errors = seen ? [] : validate(schema, document);
  if (errors.length > 0) return { errors };
  if (!seen) known.set(query, document);
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new GraphQLError('The document has no operation of this name.');
  const refusal = checkOperation({ schema, document, operation, variables });
  if (refusal) throw refusal;
  return { args: { schema, document, operationName, variableValues: variables, contextValue } };
}

function keyOf(params: Readonly<Record<string, unknown>> | undefined): IncomingHttpHeaders {
  const texts = Object.entries(params ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const entries = texts.map(([name, value]) => [name.toLowerCase(), value]);
  const { authorization, 'x-api-key': apiKey } = Object.fromEntries(entries) as Record<string, string | undefined>;
  return { ...(authorization && { authorization }), ...(apiKey && { 'x-api-key': apiKey }) };
}
