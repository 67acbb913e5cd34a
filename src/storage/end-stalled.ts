import type { IncomingMessage } from 'node:http';
import { unavailable } from '../domain/errors.js';

/**
 * Ends the body of an answer of which nothing more comes, after one to two times this long. What has come and is not
 * read yet is no silence of the store: who reads slowly stops the socket, for as long as it takes.
 */
export function endStalled(body: IncomingMessage, silenceMs: number): IncomingMessage {
  let before: number | null = null;
  const timer = setInterval(() => {
    // While nothing lies in its buffer, Node reads the socket.
    const isAwaited = body.readableLength === 0 && !body.complete;
    const { bytesRead } = body.socket;
    if (isAwaited && bytesRead === before) {
      body.destroy(unavailable('object store', new Error(`nothing more came of an object for ${silenceMs} ms`)));
    }
    before = isAwaited ? bytesRead : null;
  }, silenceMs);
  timer.unref();
  // Who reads hears of it too; before anybody does, Node would end the process.
  body.on('error', () => undefined);
  return body.once('close', () => clearInterval(timer));
}
