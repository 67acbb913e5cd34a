import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { open } from 'lmdb';
import type { CommandContext } from './command.js';
import { serveConnection } from './connection.js';
import { createCursors } from './cursors.js';
import { outliveFailedCommits } from './failed-commit.js';
import { createStore } from './store.js';

/** A socket's path has at most 107 bytes on Linux, 103 elsewhere. */
const MAX_SOCKET_PATH = 100;

export interface EmbeddedMongo {
  /** For any MongoDB driver. */
  uri: string;
  /** What was read so far: entries of indexes, and documents. */
  stats(): Readonly<CommandContext['stats']>;
  close(): Promise<void>;
}

export interface EmbeddedMongoOptions {
  dataDir: string;
  /** Whether new documents may be written; without it, always. What is there can be changed and removed in any case. */
  hasRoom?: () => Promise<boolean>;
}

/**
 * A server of MongoDB's protocol within this process, on a socket under its data directory (a loopback port on
 * Windows). What it acknowledges is committed, and outlives `kill -9`.
 * One process at a time may have the directory: its lock is the caller's.
 */
export async function startEmbeddedMongo({ dataDir, hasRoom }: EmbeddedMongoOptions): Promise<EmbeddedMongo> {
  const folder = resolve(dataDir);
  mkdirSync(folder, { recursive: true });
  const root = open({ path: join(folder, 'lmdb'), keyEncoding: 'binary', maxDbs: 8 });
  const stats: CommandContext['stats'] = { keysScanned: 0, documentsScanned: 0, commands: {} };
  const store = createStore(root);
  const cursors = createCursors();
  const context: CommandContext = { store, cursors, stats, hasRoom: hasRoom ?? (async () => true) };
  const takeBack = outliveFailedCommits();
  const sockets = new Map<Socket, Promise<void>>();
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    sockets.set(
      socket,
      serveConnection(socket, context).finally(() => sockets.delete(socket)),
    );
  });
  const path = socketPath(folder);
  if (path) rmSync(path, { force: true });
  await new Promise<void>((listening, reject) => {
    server.once('error', reject);
    if (path) server.listen(path, listening);
    else server.listen(0, '127.0.0.1', listening);
  });
  if (path) chmodSync(path, 0o600);

  return {
    uri: `mongodb://${path ? encodeURIComponent(path) : addressOf(server.address())}/pixelpress?directConnection=true`,
    stats: () => stats,
    async close() {
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets.keys()) socket.destroy();
      await Promise.all(sockets.values());
      await closed;
      cursors.close();
      await root.close();
      takeBack();
      if (path && !path.startsWith(folder)) rmSync(dirname(path), { recursive: true, force: true });
    },
  };
}

function socketPath(folder: string): string | null {
  if (process.platform === 'win32') return null;
  const path = join(folder, 'mongo.sock');
  return Buffer.byteLength(path) <= MAX_SOCKET_PATH
    ? path
    : join(mkdtempSync(join(tmpdir(), 'pixelpress-')), 'mongo.sock');
}

function addressOf(address: ReturnType<ReturnType<typeof createServer>['address']>): string {
  return typeof address === 'object' && address ? `127.0.0.1:${address.port}` : '';
}
