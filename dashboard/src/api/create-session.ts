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
  /** Whether the service has asked for an API key, or for another one. */
  isLocked: Value<boolean>;
  retryNow(): void;
  close(): void;
}

export function createSession(apiKey: string | null): Session {
  const endpoint = new URL('graphql', document.baseURI).href;
  const socket = createSocket(endpoint, apiKey);
  const isLocked = createValue(false);
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
      mapExchange({
        onResult: ({ error }) => {
          if (error && errorCode(error) === 'UNAUTHENTICATED') isLocked.set(true);
        },
      }),
      createGraphCache(),
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
    isLocked,
    retryNow: socket.retryNow,
    close: socket.close,
  };
}
