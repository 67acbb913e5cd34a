import type { Server } from 'node:http';
import type { ServerOptions } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

/** Bytes of one message of a client: an operation with its variables. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;
/** How long a client may take to say hello, in milliseconds. */
const INIT_TIMEOUT_MS = 5_000;
/** Between two pings, in milliseconds: a client that is gone without a word is noticed. */
const KEEP_ALIVE_MS = 20_000;

/** Serves graphql-transport-ws at `path`. Closing ends the subscriptions with a code after which clients come back. */
export function serveWebSocket(server: Server, path: string, options: ServerOptions): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ server, path, maxPayload: MAX_PAYLOAD_BYTES });
  const serving = useServer({ ...options, connectionInitWaitTimeout: INIT_TIMEOUT_MS }, sockets, KEEP_ALIVE_MS);
  return {
    async close() {
      await serving.dispose();
    },
  };
}
