import { rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { startEmbeddedMongo } from '../../src/embedded-mongo/server.js';
import { createFrameReader, encodeReply, parseMessage } from '../../src/embedded-mongo/wire.js';
import { startDoor } from './start-door.js';
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
  let refusal: object | 'hang up' | null = null;

  const serve = async (client: Socket, upstream: Socket) => {
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
  const { port, disconnect, close } = await startDoor(() => connect(path), serve);
  return {
    uri: `mongodb://ann:secret@127.0.0.1:${port}/pixelpress?directConnection=true&authMechanism=PLAIN`,
    refuse: (next) => {
      refusal = next;
    },
    disconnect,
    async close() {
      await close();
      await mongo.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}
