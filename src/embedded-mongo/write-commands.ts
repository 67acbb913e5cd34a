import { type Command, type CommandContext, checkRoom, docOf, namespaceOf } from './command.js';
import type { Doc } from './documents.js';
import { compileFilter } from './documents.js';
import { MongoError } from './mongo-error.js';
import { findToWrite } from './scan.js';
import { toStep } from './store.js';

/** Documents inserted in one transaction: a few milliseconds of the event loop. */
const INSERT_BATCH = 100;
/** Writes of an updateMany or deleteMany under way at once; they share commits. */
const WRITES_AT_ONCE = 100;

type WriteError = Doc & { index: number };

/** insert, update and delete. */
export const writeCommands: Readonly<Record<string, Command>> = {
  async insert(command, context) {
    const { store } = context;
    await checkRoom(context);
    const namespace = namespaceOf(command, 'insert');
    const documents = listOf(command['documents']);
    const ordered = command['ordered'] !== false;
    const writeErrors: WriteError[] = [];
    let n = 0;
    for (let from = 0; from < documents.length; from += INSERT_BATCH) {
      const errors = await store.insertMany(namespace, documents.slice(from, from + INSERT_BATCH), ordered);
      for (const [index, error] of errors.entries()) {
        if (error) writeErrors.push(toWriteError(error, from + index));
        else n++;
      }
      if (ordered && writeErrors.length > 0) break;
    }
    return answer({ n }, writeErrors);
  },

  async update(command, context) {
    const totals = { n: 0, nModified: 0, upserted: [] as Doc[] };
    const writeErrors = await eachStatement(command, 'updates', async (statement, index) => {
      const done = await update(namespaceOf(command, 'update'), statement, context);
      totals.n += done.n;
      totals.nModified += done.nModified;
      if ('upserted' in done) totals.upserted.push({ index, _id: done.upserted });
    });
    const { upserted, ...counts } = totals;
    return answer({ ...counts, ...(upserted.length > 0 && { upserted }) }, writeErrors);
  },

  async delete(command, { store, stats }) {
    let n = 0;
    const writeErrors = await eachStatement(command, 'deletes', async (statement) => {
      const collection = store.catalog.find(namespaceOf(command, 'delete'));
      const filter = docOf(statement['q']);
      const matches = compileFilter(filter);
      const single = Number(statement['limit']) === 1;
      if (!collection) return;
      await eachFound(findToWrite(store, collection, { filter }, stats), single, async (key) => {
        const removed = await store.remove(collection, key, matches);
        if (removed) n++;
        return removed !== null;
      });
    });
    return answer({ n }, writeErrors);
  },
};

async function update(namespace: string, statement: Doc, context: CommandContext) {
  const { store, stats } = context;
  const step = toStep(docOf(statement['q']), statement['u']);
  const collection = store.catalog.find(namespace);
  const single = statement['multi'] !== true;
  let n = 0;
  let nModified = 0;
  if (collection) {
    await eachFound(findToWrite(store, collection, { filter: step.filter }, stats), single, async (key) => {
      const updated = await store.update(collection, key, step);
      if (updated) n++;
      if (updated?.modified) nModified++;
      return updated !== null;
    });
  }
  if (n > 0 || !statement['upsert']) return { n, nModified };
  await checkRoom(context);
  const { document, inserted } = await store.upsert(namespace, step);
  return inserted ? { n: 1, nModified: 0, upserted: document['_id'] } : { n: 1, nModified: 1 };
}

/** Changes the first that can be changed, or all of them, many at once. */
async function eachFound(
  found: AsyncIterable<{ key: Buffer }>,
  single: boolean,
  change: (key: Buffer) => Promise<boolean>,
): Promise<void> {
  let running: Promise<boolean>[] = [];
  for await (const { key } of found) {
    if (single) {
      if (await change(key)) return;
      continue;
    }
    running.push(change(key));
    if (running.length < WRITES_AT_ONCE) continue;
    await Promise.all(running);
    running = [];
  }
  await Promise.all(running);
}

async function eachStatement(
  command: Doc,
  list: 'updates' | 'deletes',
  run: (statement: Doc, index: number) => Promise<void>,
): Promise<WriteError[]> {
  const attempt = async (statement: Doc, index: number): Promise<WriteError[]> => {
    try {
      await run(statement, index);
      return [];
    } catch (error) {
      if (!(error instanceof MongoError)) throw error;
      return [toWriteError(error, index)];
    }
  };
  const statements = listOf(command[list]);
  // Side by side they share a commit.
  if (command['ordered'] === false) return (await Promise.all(statements.map(attempt))).flat();
  for (const [index, statement] of statements.entries()) {
    const errors = await attempt(statement, index);
    if (errors.length > 0) return errors;
  }
  return [];
}

function listOf(value: unknown): Doc[] {
  if (!Array.isArray(value)) throw new MongoError('TypeMismatch', 'an array is needed');
  return value.map(docOf);
}

function toWriteError({ code, message, fields }: MongoError, index: number): WriteError {
  return { index, code, errmsg: message, ...fields };
}

function answer(counts: Doc, writeErrors: WriteError[]): Doc {
  return { ...counts, ...(writeErrors.length > 0 && { writeErrors }), ok: 1 };
}
