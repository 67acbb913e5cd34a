import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { startEmbeddedMongo } from '../../src/embedded-mongo/server.js';
import { createFrameReader, encodeReply, parseMessage } from '../../src/embedded-mongo/wire.js';
import { newDataDir } from './start-service.js';

export interface DenyingMongo {
  /** With a name and a password, which are asked for. */
  uri: string;
  /** What is answered, after `ok: 0`, to all that needs rights, or none is; null: nothing is refused. */
  refuse(refusal: object | 'hang up' | null): void;
  /** Ends all connections: new ones have to say who they are. */
  disconnect(): void;
  close(): Promise<void>;
}

/** What a server does for anyone. */
const FOR_ANYONE = ['hello', 'ismaster', 'isMaster', 'ping', 'buildInfo', 'endSessions'];

/** A MongoDB whose rights can be taken away: the embedded one, behind a door that asks for a password. */
export async function startDenyingMongo(): Promise<DenyingMongo> {
  const dataDir = newDataDir();
  const mongo = await startEmbeddedMongo({ dataDir });
  const path = decodeURIComponent(/\/\/([^/]+)\//.exec(mongo.uri)?.[1] ?? '');
  const sockets = new Set<Socket>();
  let refusal: object | 'hang up' | null = null;

  const serve = async (client: Socket) => {
    const upstream = connect(path);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.pipe(client);
    const reader = createFrameReader();
    for await (const chunk of client) {
      for (const frame of reader.add(chunk)) {
        const message = parseMessage(frame);
        const name = Object.keys(message.command)[0] ?? '';
        const refused = FOR_ANYONE.includes(name) ? null : refusal;
        if (refused === 'hang up') client.destroy();
        else if (refused) client.write(encodeReply(message, { ok: 0, ...refused }));
        // Whatever the password is.
        else if (name === 'saslStart') client.write(encodeReply(message, { ok: 1, conversationId: 1, done: true }));
        else upstream.write(frame);
      }
    }
  };
  const server = createServer({ noDelay: true }, (client) => {
    serve(client).catch(() => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    uri: `mongodb://ann:secret@127.0.0.1:${port}/pixelpress?directConnection=true&authMechanism=PLAIN`,
    refuse: (next) => {
      refusal = next;
    },
    disconnect: () => {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
      await mongo.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}
