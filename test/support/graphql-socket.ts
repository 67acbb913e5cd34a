import { once } from 'node:events';
import WebSocket from 'ws';
import { waitFor } from './wait-for.js';

/** A bare client of graphql-transport-ws, which can do what a well-behaved one does not. */
export interface GraphQLSocket {
  socket: WebSocket;
  /** What the server has sent. */
  messages: { id?: string; type: string; payload?: unknown }[];
  send(message: object | string): void;
  /** The first message of one of these types; waits for it. */
  receive(...types: string[]): Promise<{ payload?: unknown }>;
  /** Whether its hello was taken, or the code that it was closed with; waits for either. */
  greeted(): Promise<'served' | number>;
  /** The code that the server closes with; waits for it. */
  closed(): Promise<{ code: number; reason: string }>;
}

export async function openGraphQLSocket(
  url: string,
  { protocol = 'graphql-transport-ws', headers = {} }: { protocol?: string; headers?: Record<string, string> } = {},
): Promise<GraphQLSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocol, { headers });
  const messages: GraphQLSocket['messages'] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  const end = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  let done: { code: number; reason: string } | null = null;
  void end.then((result) => {
    done = result;
  });
  await once(socket, 'open');
  return {
    socket,
    messages,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    receive: (...types) => waitFor(types.join(), () => messages.find(({ type }) => types.includes(type))),
    greeted: () =>
      waitFor('an answer to the hello', () => {
        return messages.some(({ type }) => type === 'connection_ack') ? 'served' : done?.code;
      }),
    closed: () => waitFor('the close', () => done),
  };
}

/** One that has said hello. */
export async function openedGraphQLSocket(url: string, payload: object = {}): Promise<GraphQLSocket> {
  const opened = await openGraphQLSocket(url);
  opened.send({ type: 'connection_init', payload });
  await opened.receive('connection_ack');
  return opened;
}
