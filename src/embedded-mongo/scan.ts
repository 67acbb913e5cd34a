import { ObjectId } from 'bson';
import type { Collection } from './catalog.js';
import { compileFilter, type Doc, decodeDocument, getPath } from './documents.js';
import { encodeValue } from './key-encoding.js';
import { type Plan, planQuery, type Range } from './plan.js';
import type { Found, Store } from './store.js';

/** Entries read at once; between two pages other work has its turn, and writers may come in between. */
const PAGE = 256;
/** How long a scan may keep the event loop, in milliseconds. */
const TURN_MS = 5;

export interface ScanStats {
  keysScanned: number;
  documentsScanned: number;
}

export interface FindOptions {
  filter: Doc;
  sort?: Record<string, 1 | -1> | undefined;
  skip?: number | undefined;
  /** 0 or left out: all. */
  limit?: number | undefined;
}

/** The documents of a filter, in the order asked for, read a page at a time: no snapshot, as MongoDB's own cursors. */
export async function* find(
  store: Store,
  collection: Collection | null,
  { filter, sort = {}, skip = 0, limit = 0 }: FindOptions,
  stats: ScanStats,
): AsyncGenerator<Found> {
  if (!collection) return;
  const matches = compileFilter(filter);
  const order = Object.entries(sort).map(([path, direction]): [string, 1 | -1] => [
    path,
    Number(direction) < 0 ? -1 : 1,
  ]);
  const plan = planQuery(collection.indexes, filter, order);
  const inOrder = plan.sorted || order.length === 0;
  // Where the index alone tells which entries match, those that are passed over are counted, and not read.
  const passed = inOrder && plan.covered && !plan.index.multikey ? skip : 0;
  const found = scanDocuments(store, plan, matches, stats, passed);
  const sorted = inOrder ? found : sortInMemory(found, order);
  let index = passed;
  for await (const each of sorted) {
    if (index++ < skip) continue;
    yield each;
    if (limit > 0 && index >= skip + limit) return;
  }
}

/** Keys of what a write may change: it asks the filter again, so that one document named by its `_id` is not read before. */
export async function* findToWrite(
  store: Store,
  collection: Collection | null,
  options: FindOptions,
  stats: ScanStats,
): AsyncGenerator<{ key: Buffer }> {
  const id = options.filter['_id'];
  if (!collection || !(typeof id === 'string' || id instanceof ObjectId)) {
    yield* find(store, collection, options, stats);
    return;
  }
  stats.keysScanned++;
  stats.documentsScanned++;
  yield { key: store.keyOf(collection, id) };
}

/** How many documents match; where the index alone can tell, none of them is read. */
export async function countMatching(
  store: Store,
  collection: Collection | null,
  filter: Doc,
  stats: ScanStats,
): Promise<number> {
  if (!collection) return 0;
  const plan = planQuery(collection.indexes, filter, []);
  let count = 0;
  if (plan.covered) {
    for await (const page of scanKeys(store, plan, stats)) count += page.length;
    return count;
  }
  for await (const _ of scanDocuments(store, plan, compileFilter(filter), stats)) count++;
  return count;
}

async function* scanDocuments(
  store: Store,
  plan: Plan,
  matches: (document: Doc) => boolean,
  stats: ScanStats,
  passed = 0,
): AsyncGenerator<Found> {
  const seen = plan.index.multikey ? new Set<string>() : null;
  let left = passed;
  const pages = plan.points && passed === 0 ? pagesOf(plan.points, plan.reverse, stats) : scanKeys(store, plan, stats);
  for await (const page of pages) {
    const rest = page.slice(left);
    left = Math.max(0, left - page.length);
    for (const key of rest) {
      if (seen?.has(key.toString('latin1'))) continue;
      seen?.add(key.toString('latin1'));
      const bytes = store.documents.get(key);
      if (!bytes) continue;
      stats.documentsScanned++;
      const document = decodeDocument(bytes);
      if (matches(document)) yield { key, document, bytes };
    }
  }
}

async function* pagesOf(points: Buffer[], reverse: boolean, stats: ScanStats): AsyncGenerator<Buffer[]> {
  const takeTurns = createTurns();
  const keys = reverse ? [...points].reverse() : points;
  for (let at = 0; at < keys.length; at += PAGE) {
    const page = keys.slice(at, at + PAGE);
    stats.keysScanned += page.length;
    yield page;
    await takeTurns();
  }
}

/** Lets others have their turn of the event loop where one has lasted long enough. */
function createTurns(): () => Promise<void> {
  let turn = Date.now();
  return async () => {
    if (Date.now() - turn <= TURN_MS) return;
    await new Promise(setImmediate);
    turn = Date.now();
  };
}

/** The keys of documents that a plan leads to, page by page; each page begins anew after the last key of the one before. */
async function* scanKeys(store: Store, plan: Plan, stats: ScanStats): AsyncGenerator<Buffer[]> {
  const takeTurns = createTurns();
  const ranges = plan.reverse ? [...plan.ranges].reverse() : plan.ranges;
  for (const range of ranges) {
    let rest: Range | null = range;
    while (rest) {
      const page = readPage(store, plan, rest);
      stats.keysScanned += page.keys.length;
      if (page.keys.length > 0) yield page.keys;
      rest = page.rest;
      await takeTurns();
    }
  }
}

function readPage({ documents, entries }: Store, { index, reverse }: Plan, { start, end }: Range) {
  const primary = index.name === '_id_';
  const bounds = reverse
    ? { start: end, end: start, reverse, exclusiveStart: true, inclusiveEnd: true }
    : { start, end };
  const keys: Buffer[] = [];
  let last: Buffer | null = null;
  for (const { key, value } of (primary ? documents : entries).getRange({ ...bounds, limit: PAGE, snapshot: false })) {
    keys.push(Buffer.from(primary ? key : value));
    last = key;
  }
  if (keys.length < PAGE || !last) return { keys, rest: null };
  const next = Buffer.from(last);
  return { keys, rest: reverse ? { start, end: next } : { start: Buffer.concat([next, Buffer.from([0])]), end } };
}

async function* sortInMemory(found: AsyncIterable<Found>, order: [string, 1 | -1][]): AsyncGenerator<Found> {
  const keyed: { key: Buffer; found: Found }[] = [];
  for await (const each of found) {
    const parts = order.map(([path, direction]) => encodeValue(getPath(each.document, path), direction === -1));
    keyed.push({ key: Buffer.concat(parts), found: each });
  }
  keyed.sort((a, b) => Buffer.compare(a.key, b.key));
  for (const { found } of keyed) yield found;
}
