import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { CommandContext, Reply } from './command.js';
import { runCommand } from './commands.js';
import { MongoError } from './mongo-error.js';
import { createFrameReader, encodeReply, parseMessage, type WireMessage } from './wire.js';

/** Serves one connection: its messages one after the other, reading on only when the answer is taken. */
export async function serveConnection(socket: Socket, context: CommandContext): Promise<void> {
  const reader = createFrameReader();
  // One that has gone will never take the rest of an answer.
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  try {
    for await (const chunk of socket) {
      for (const frame of reader.add(chunk)) {
        const message = parseMessage(frame);
        const reply = await answer(message, context);
        if (message.answered && !socket.write(encodeReply(message, reply))) await once(socket, 'drain', gone);
      }
    }
  } catch {
    // A frame that is no message, or a connection that broke: there is nobody to tell.
  } finally {
    socket.destroy();
  }
}

async function answer({ command }: WireMessage, context: CommandContext): Promise<Reply> {
  try {
    return await runCommand(command, context);
  } catch (error) {
    const known = error instanceof MongoError ? error : new MongoError('InternalError', String(error));
    return { ok: 0, errmsg: known.message, code: known.code, codeName: known.codeName, ...known.fields };
  }
}
