import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { unavailable } from '../domain/errors.js';

/**
 * The object that an answer brings. One of which nothing more comes is ended after one to two times this long, in
 * milliseconds, and that, as a connection that breaks, is an outage to who reads: it is no fault of the object, and
 * work on it is tried on. What has come and is not read yet is no silence of the store: who reads slowly stops the
 * socket, for as long as it takes.
 */
export function objectBody(answer: IncomingMessage, silenceMs: number): Readable {
  const body = new PassThrough();
  const end = (error: Error) => void body.destroy(unavailable('object store', error));
  let before: number | null = null;
  const timer = setInterval(() => {
    // While nothing lies in its buffer, Node reads the socket.
    const isAwaited = answer.readableLength === 0 && !answer.complete;
    const { bytesRead } = answer.socket;
    if (isAwaited && bytesRead === before) end(new Error(`nothing more came of an object for ${silenceMs} ms`));
    before = isAwaited ? bytesRead : null;
  }, silenceMs);
  timer.unref();
  answer.on('error', end);
  // Who reads hears of it too; before anybody does, Node would end the process.
  body.on('error', () => undefined);
  body.once('close', () => {
    clearInterval(timer);
    answer.destroy();
  });
  return answer.pipe(body);
}
