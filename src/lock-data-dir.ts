import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { StartError } from './domain/errors.js';

/**
 * Takes a data directory for this process alone. The lock is a listening name that the kernel gives to one process
 * and takes back when it dies, however it dies; where there are no such names, the process id in a file decides.
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
  const name = lockName(dataDir);
  if (!name) {
    const pid = readPid(pidFile);
    if (pid && pid !== process.pid && isAlive(pid)) throw inUse();
    writeFileSync(pidFile, String(process.pid));
    return { close: async () => rmSync(pidFile, { force: true }) };
  }
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? inUse() : error));
    server.listen(name, resolve);
  });
  server.unref();
  writeFileSync(pidFile, String(process.pid));
  return {
    async close() {
      rmSync(pidFile, { force: true });
      await new Promise((resolve) => server.close(resolve));
    },
  };
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
