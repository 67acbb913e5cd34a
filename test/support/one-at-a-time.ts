import { connect, type Socket } from 'node:net';
import { type Door, startDoor } from './start-door.js';

/** A proxy before a server of MongoDB's protocol that lets the next command in when the one before is answered. */
export async function startOneAtATime(host: string, port: number): Promise<Door> {
  let free: Promise<void> = Promise.resolve();
  const serve = async (client: Socket, upstream: Socket) => {
    const answers = messages(upstream)[Symbol.asyncIterator]();
    const gone = new Promise<null>((resolve) => upstream.once('close', () => resolve(null)));
    for await (const command of messages(client)) {
      const turn = free.then(async () => {
        upstream.write(command);
        // A server that is killed answers nothing more: the next one must not wait for that.
        const answer = await Promise.race([answers.next(), gone]);
        if (answer && !answer.done) client.write(answer.value);
      });
      free = turn.catch(() => undefined);
      await turn;
    }
  };

  return startDoor(() => connect(port, host), serve);
}

/** The messages of a connection, each by the length that it begins with. */
async function* messages(socket: Socket): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= rest.readInt32LE()) {
      yield rest.subarray(0, rest.readInt32LE());
      rest = rest.subarray(rest.readInt32LE());
    }
  }
}
