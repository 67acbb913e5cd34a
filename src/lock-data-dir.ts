import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { StartError } from './domain/errors.js';
import { lockBySocket } from './lock-by-socket.js';

/**
 * Takes a data directory for this process alone. The lock is a listening name that the kernel gives to one process
 * and takes back when it dies, however it dies; where there are no such names, the process id in a file decides.
 * Containers have such names each of their own, so a socket within the directory tells of those that share a volume.
 * @throws StartError that names the process which has it, and the variables to set
 */
export async function lockDataDir(dataDir: string): Promise<{ close(): Promise<void> }> {
  mkdirSync(dataDir, { recursive: true });
  const pidFile = join(dataDir, 'pixelpress.pid');
  const inUse = () =>
    new StartError(
      `The data directory ${dataDir} is in use by process ${readPid(pidFile) ?? '(unknown)'}. Stop that, or set ` +
        'DATA_DIR to another folder; several processes together need MONGODB_URI, KAFKA_BROKERS and AWS_BUCKET_NAME.',
    );
  const closeName = await takeName(dataDir, pidFile);
  const closeSocket = closeName && (await lockBySocket(dataDir));
  if (!closeSocket) {
    await closeName?.();
    throw inUse();
  }
  writeFileSync(pidFile, String(process.pid));
  return {
    async close() {
      rmSync(pidFile, { force: true });
      await closeSocket();
      await closeName();
    },
  };
}

/** How to give it back; null where another process has it. */
async function takeName(dataDir: string, pidFile: string): Promise<(() => Promise<void>) | null> {
  const name = lockName(dataDir);
  if (!name) {
    const pid = readPid(pidFile);
    return pid && pid !== process.pid && isAlive(pid) ? null : async () => undefined;
  }
  const server = createServer((socket) => socket.destroy());
  const listens = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(name, () => resolve(true));
  });
  server.unref();
  return listens ? () => new Promise((closed) => server.close(() => closed())) : null;
}

/** An abstract socket on Linux, a named pipe on Windows: neither outlives its process. */
function lockName(dataDir: string): string | null {
  const name = `pixelpress-${createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 32)}`;
  if (process.platform === 'linux') return `\0${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return null;
}

function readPid(file: string): number | null {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) || null : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
