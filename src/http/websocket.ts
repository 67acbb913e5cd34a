import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import { CloseCode, makeServer, type ServerOptions } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Log } from '../domain/log.js';
import { pingWhileOpen } from './ping-while-open.js';

/** Bytes of one message of a client: an operation with its variables. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;
/** Bytes that may wait for a client that does not read: some answers of the largest kind. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/** How long a client may take to say hello, in milliseconds. */
const INIT_TIMEOUT_MS = 5_000;
/** Between two pings, in milliseconds. */
const PING_EVERY_MS = 20_000;
/** How long a client that is told to go may take, in milliseconds. */
const CLOSE_GRACE_MS = 1_000;
/** Close codes of RFC 6455 for what the protocol of GraphQL has none for. Clients come back after both. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/** What is known of a client when its socket opens. */
interface SocketClient {
  headers: IncomingHttpHeaders;
  address: string;
  /** Ends the connection: the client is asked to come back later. */
  turnAway(reason: string): void;
  /** Called once the socket is closed. */
  onClosed(action: () => void): void;
}

export interface WebSocketDeps {
  server: Server;
  path: string;
  /** What is served, made for clients as they are here. */
  operations: ServerOptions<Record<string, unknown>, SocketClient>;
  allows: (headers: IncomingHttpHeaders) => boolean;
  addressOf: (request: IncomingMessage) => string;
  openSocket: (address: string) => (() => void) | null;
  log: Log;
}

/**
 * Serves graphql-transport-ws. An adapter of our own in place of graphql-ws's: that one writes to the console, tells
 * clients our error messages, and has no place for the checks here. Closing ends the subscriptions with a code after
 * which clients come back.
 */
export function serveWebSocket(deps: WebSocketDeps): { close(): Promise<void> } {
  const { server, path, operations, allows, addressOf, openSocket, log } = deps;
  const protocol = makeServer({ ...operations, connectionInitWaitTimeout: INIT_TIMEOUT_MS });
  const sockets = new WebSocketServer({
    server,
    path,
    maxPayload: MAX_PAYLOAD_BYTES,
    handleProtocols: (offered) => (offered.has('graphql-transport-ws') ? 'graphql-transport-ws' : false),
    verifyClient: ({ req }, answer) => answer(allows(req.headers), 403),
  });
  sockets.on('connection', (socket, request) => {
    socket.on('error', (error) => log.debug({ error }, 'socket broke'));
    const address = addressOf(request);
    const leave = openSocket(address);
    const client = clientOf(socket, request, address, log);
    if (!leave) return client.turnAway('Too many connections');
    client.onClosed(leave);
    pingWhileOpen(socket, PING_EVERY_MS);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text, client),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => socket.on('message', (data) => void handleMessage(socket, String(data), handle, log)),
      },
      client,
    );
    socket.once('close', (code, reason) => {
      closed(code, String(reason)).catch((error: unknown) => log.error({ error }, 'socket not closed'));
    });
  });
  return {
    async close() {
      for (const socket of sockets.clients) endSocket(socket, GOING_AWAY, 'Going away');
      await new Promise((resolve) => sockets.close(resolve));
    },
  };
}

function clientOf(socket: WebSocket, { headers }: IncomingMessage, address: string, log: Log): SocketClient {
  return {
    headers,
    address,
    turnAway(reason) {
      log.info({ address, reason }, 'socket turned away');
      endSocket(socket, TRY_AGAIN_LATER, reason);
    },
    onClosed: (action) => socket.once('close', action),
  };
}

/** Tells a client to go, and cuts it off if it does not: what it has not read stands before that word. */
function endSocket(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  const timer = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS);
  socket.once('close', () => clearTimeout(timer));
}

/** Resolves when the message is on its way, so that a subscription goes at the pace of its reader. */
function send(socket: WebSocket, text: string, client: SocketClient): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      client.turnAway('Too slow');
      return resolve();
    }
    // One that fails closes the socket, which ends whatever is served on it.
    socket.send(text, () => resolve());
  });
}

async function handleMessage(
  socket: WebSocket,
  text: string,
  handle: (text: string) => Promise<void>,
  log: Log,
): Promise<void> {
  try {
    await handle(text);
  } catch (error) {
    // graphql-ws throws where a client sends what only a server may send.
    const unexpected = error instanceof Error && error.message.startsWith('Unexpected message');
    if (unexpected) return socket.close(CloseCode.BadRequest, 'Invalid message received');
    log.error({ error }, 'message failed');
    socket.close(CloseCode.InternalServerError, 'Internal server error');
  }
}
