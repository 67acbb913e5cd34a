import { type Client, createClient } from 'graphql-ws/client';
import { type Access, authorization } from './send-operation.js';

/** Between two pings, in milliseconds. */
const KEEP_ALIVE_MS = 10_000;
/** A connection that leaves a ping unanswered for so long is dead, in milliseconds. */
const PONG_LIMIT_MS = 5_000;
/** How long the service may take to take up the connection, in milliseconds. */
const ACK_LIMIT_MS = 10_000;

/**
 * One WebSocket for all subscriptions of a client: opened with the first, closed with the last. It does not come back
 * by itself: who watches does, and knows what was seen.
 */
export async function openSocket({ url, apiKey }: Access): Promise<Client> {
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  const webSocketImpl = await webSocketOfNode20();
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    ...(webSocketImpl !== null && { webSocketImpl }),
    ...(apiKey !== null && { connectionParams: authorization(apiKey) }),
    keepAlive: KEEP_ALIVE_MS,
    connectionAckWaitTimeout: ACK_LIMIT_MS,
    retryAttempts: 0,
    on: {
      ping: (received) => {
        if (!received) pongTimer = setTimeout(() => client.terminate(), PONG_LIMIT_MS);
      },
      pong: () => clearTimeout(pongTimer),
      closed: () => clearTimeout(pongTimer),
    },
  });
  return client;
}

/** Browsers and Node 22 have one of their own. */
async function webSocketOfNode20() {
  return 'WebSocket' in globalThis ? null : (await import('ws')).WebSocket;
}
