import { type Client, createClient } from 'graphql-ws';
import { createValue, type Value } from '../state/create-value.js';

/** Between two pings, in milliseconds. */
const KEEP_ALIVE_MS = 10_000;
/** A connection that leaves a ping unanswered for so long is dead, in milliseconds. */
const PONG_LIMIT_MS = 5_000;
/** How long the server may take to take up the connection, in milliseconds. */
const ACK_LIMIT_MS = 10_000;
/** The first wait before coming back, doubled with each try up to the longest, in milliseconds. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8_000;

export interface Connection {
  state: 'connecting' | 'open' | 'lost';
  /** How often it has come back after it was lost: with each time, what is shown is asked for again. */
  returns: number;
}

export interface Socket {
  client: Client;
  connection: Value<Connection>;
  /** Comes back now, without waiting for the next try. */
  retryNow(): void;
  close(): void;
}

/**
 * The WebSocket of the page: opened at once, and opened again for as long as the page is there.
 * @param onLost is called where one that was open is lost, not where one could not be opened
 */
export function createSocket(endpoint: string, apiKey: string | null, onLost: () => void): Socket {
  const connection = createValue<Connection>({ state: 'connecting', returns: 0 });
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  let wake = () => {};
  const retryNow = () => wake();
  const client = createClient({
    url: endpoint.replace(/^http/, 'ws'),
    ...(apiKey && { connectionParams: { authorization: `Bearer ${apiKey}` } }),
    lazy: false,
    keepAlive: KEEP_ALIVE_MS,
    connectionAckWaitTimeout: ACK_LIMIT_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, retryDelay(retries));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    // The banner says it already.
    onNonLazyError: () => connection.set({ ...connection.get(), state: 'lost' }),
    on: {
      connected: () => {
        const { state, returns } = connection.get();
        connection.set({ state: 'open', returns: state === 'lost' ? returns + 1 : returns });
      },
      closed: () => {
        clearTimeout(pongTimer);
        if (connection.get().state === 'open') onLost();
        connection.set({ ...connection.get(), state: 'lost' });
      },
      ping: (received) => {
        if (!received) pongTimer = setTimeout(() => client.terminate(), PONG_LIMIT_MS);
      },
      pong: () => clearTimeout(pongTimer),
    },
  });
  window.addEventListener('online', retryNow);
  return {
    client,
    connection,
    retryNow,
    close() {
      window.removeEventListener('online', retryNow);
      clearTimeout(pongTimer);
      // A connection that was refused, as without a key, cannot be ended, and says so once more.
      Promise.resolve(client.dispose()).catch(() => undefined);
    },
  };
}

/** Doubled with each try, and a little different for each page: a restarted service is not met by all at once. */
function retryDelay(retries: number): number {
  const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** retries);
  return delay * (0.75 + Math.random() / 2);
}
