import type { IncomingHttpHeaders } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { ServerOptions } from 'graphql-ws';
import type { Log } from '../domain/log.js';
import type { GraphQLContext } from './context.js';
import { createFormatError } from './errors.js';

export interface SubscriptionsDeps {
  schema: GraphQLSchema;
  log: Log;
  contextFor: (headers: IncomingHttpHeaders) => GraphQLContext;
}

/** What graphql-ws hands over with a connection. */
interface SocketExtra {
  request: { headers: IncomingHttpHeaders };
}

/**
 * GraphQL over WebSocket: the same schema, context and errors as over HTTP, none of which Apollo brings here. A key
 * comes in the headers, or in `connectionParams` from a browser, which cannot set them.
 */
export function createSubscriptions({ schema, log, contextFor }: SubscriptionsDeps): ServerOptions {
  const formatError = createFormatError(log);
  return {
    schema,
    context: ({ connectionParams, extra }) => {
      const { headers } = (extra as SocketExtra).request;
      return contextFor({ ...headers, ...keyOf(connectionParams) });
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

function keyOf(params: Readonly<Record<string, unknown>> | undefined): IncomingHttpHeaders {
  const entries = Object.entries(params ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  const { authorization, 'x-api-key': apiKey } = Object.fromEntries(entries) as Record<string, string | undefined>;
  return { ...(authorization && { authorization }), ...(apiKey && { 'x-api-key': apiKey }) };
}
