import { encodeBatch } from './batch.js';
import type { Doc } from './documents.js';
import { MongoError } from './mongo-error.js';

const FIRST_BATCH = 101;
/** Bytes of one batch: an answer stays well below the limit of a message. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024;
const MAX_CURSORS = 10_000;
const IDLE_MS = 10 * 60_000;

interface Cursor {
  /** In BSON. */
  documents: AsyncIterator<Buffer>;
  /** Read already, and not sent. */
  ahead: Buffer | null;
  namespace: string;
  timer: NodeJS.Timeout;
}

/** The open cursors of a server: a driver asks for more over whichever connection is free. */
export interface Cursors {
  open(
    documents: AsyncIterable<Buffer>,
    namespace: string,
    batchSize: number | undefined,
    single: boolean,
  ): Promise<Buffer>;
  more(id: bigint, batchSize: number | undefined): Promise<Buffer>;
  kill(ids: readonly bigint[]): Promise<Doc>;
  close(): void;
}

export function createCursors(): Cursors {
  const cursors = new Map<bigint, Cursor>();
  let nextId = 1n;

  const end = async (id: bigint) => {
    const cursor = cursors.get(id);
    if (!cursor) return false;
    clearTimeout(cursor.timer);
    cursors.delete(id);
    await cursor.documents.return?.();
    return true;
  };
  const take = async (id: bigint, cursor: Cursor, size: number) => {
    try {
      return await read(cursor, size);
    } catch (error) {
      // Whoever asked has no id to end it by, and what failed once is not gone on with.
      await end(id);
      throw error;
    }
  };

  return {
    async open(documents, namespace, batchSize, single) {
      if (cursors.size >= MAX_CURSORS) throw new MongoError('BadValue', 'too many cursors are open');
      const id = nextId++;
      const timer = setTimeout(() => void end(id), IDLE_MS).unref();
      const cursor = { documents: documents[Symbol.asyncIterator](), ahead: null, namespace, timer };
      cursors.set(id, cursor);
      const { batch, done } = await take(id, cursor, batchSize ?? FIRST_BATCH);
      if (done || single) await end(id);
      return encodeBatch('firstBatch', batch, { id: done || single ? 0n : id, ns: namespace });
    },
    async more(id, batchSize) {
      const cursor = cursors.get(id);
      if (!cursor) throw new MongoError('CursorNotFound', `cursor id ${id} not found`);
      cursor.timer.refresh();
      const { batch, done } = await take(id, cursor, batchSize || Number.MAX_SAFE_INTEGER);
      if (done) await end(id);
      return encodeBatch('nextBatch', batch, { id: done ? 0n : id, ns: cursor.namespace });
    },
    async kill(ids) {
      const killed: bigint[] = [];
      for (const id of ids) if (await end(id)) killed.push(id);
      const missing = ids.filter((id) => !killed.includes(id));
      return { cursorsKilled: killed, cursorsNotFound: missing, cursorsAlive: [], cursorsUnknown: [], ok: 1 };
    },
    close() {
      for (const id of [...cursors.keys()]) void end(id);
    },
  };
}

async function read(cursor: Cursor, size: number) {
  const batch: Buffer[] = [];
  let bytes = 0;
  while (batch.length < size && bytes < MAX_BATCH_BYTES) {
    const document = cursor.ahead ?? (await next(cursor));
    cursor.ahead = null;
    if (!document) return { batch, done: true };
    bytes += document.length;
    batch.push(document);
  }
  cursor.ahead = await next(cursor);
  return { batch, done: cursor.ahead === null };
}

async function next({ documents }: Cursor): Promise<Buffer | null> {
  const result = await documents.next();
  return result.done ? null : result.value;
}
