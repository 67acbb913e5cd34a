import { Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { createValue, type Value } from '../state/create-value.js';
import { createGraphCache } from './create-graph-cache.js';
import { type Connection, createSocket } from './create-socket.js';
import { errorCode } from './error-code.js';

/** All that speaks to the service, with one API key or with none. */
export interface Session {
  client: Client;
  apiKey: string | null;
  connection: Value<Connection>;
  /** Whether the last question was answered: also where the live connection is not to be had. */
  isReached: Value<boolean>;
  /** Whether the service has asked for an API key, or for another one. */
  isLocked: Value<boolean>;
  retryNow(): void;
  close(): void;
}

export function createSession(apiKey: string | null): Session {
  const endpoint = new URL('graphql', document.baseURI).href;
  const isLocked = createValue(false);
  const isReached = createValue(false);
  // What was answered before says nothing any more.
  const socket = createSocket(endpoint, apiKey, () => isReached.set(false));
  const client = new Client({
    url: endpoint,
    preferGetMethod: false,
    fetchOptions: () => ({
      headers: {
        // Says that no form of another site has sent this.
        'apollo-require-preflight': 'true',
        ...(apiKey && { authorization: `Bearer ${apiKey}` }),
      },
    }),
    exchanges: [
      createGraphCache(),
      // Behind the cache, whose answers say nothing of the service.
      mapExchange({
        onResult: ({ error, operation }) => {
          if (error && errorCode(error) === 'UNAUTHENTICATED') isLocked.set(true);
          if (operation.kind !== 'subscription') isReached.set(!error?.networkError);
        },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.client.subscribe(
              { query, ...(variables && { variables }) },
              { ...sink, next: ({ data = null, errors }) => sink.next({ data, ...(errors && { errors }) }) },
            ),
          }),
        }),
      }),
    ],
  });
  return {
    client,
    apiKey,
    connection: socket.connection,
    isReached,
    isLocked,
    retryNow: socket.retryNow,
    close: socket.close,
  };
}
