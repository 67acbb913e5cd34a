import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

/** A socket's path has at most 107 bytes on Linux, 103 elsewhere. */
const MAX_SOCKET_PATH = 100;
const NAME = /^pixelpress-[0-9a-f]{8}\.sock$/;

/**
 * Takes a directory by a socket within it, which processes of other network namespaces reach too. Each listens first
 * and looks for others after that, so that of any two at least one sees the other, also where they start at once; then
 * both may give way. Whom nobody answers for is dead, and his socket is removed.
 * @returns how to give it back; null where another process has it
 */
export async function lockBySocket(dir: string): Promise<(() => Promise<void>) | null> {
  const name = `pixelpress-${randomBytes(4).toString('hex')}.sock`;
  const server = createServer((socket) => socket.destroy());
  const listens = await new Promise<boolean>((resolve) => {
    if (process.platform === 'win32' || Buffer.byteLength(join(dir, name)) > MAX_SOCKET_PATH) return resolve(false);
    // Not every file system has sockets; where it has none, no embedded database starts either.
    server.once('error', () => resolve(false));
    server.listen(join(dir, name), () => resolve(true));
  });
  if (!listens) return async () => undefined;
  server.unref();
  const close = () => new Promise<void>((closed) => server.close(() => closed()));
  for (const other of readdirSync(dir)) {
    if (!NAME.test(other) || other === name) continue;
    if (await answers(join(dir, other))) {
      await close();
      return null;
    }
    rmSync(join(dir, other), { force: true });
  }
  return close;
}

/** Whether a process listens there. One that cannot be asked is taken to be there. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}
