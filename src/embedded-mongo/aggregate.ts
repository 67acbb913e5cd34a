import type { Collection } from './catalog.js';
import { type Doc, getPath, isPlain } from './documents.js';
import { MongoError } from './mongo-error.js';
import { countMatching, find, type ScanStats } from './scan.js';
import type { Store } from './store.js';

/** Documents that a pipeline may hold in memory, where it is not one of those that are summed up as they are read. */
const MAX_DOCUMENTS = 100_000;

/**
 * Runs a pipeline. `$match` first uses an index; a `$group` of sums and counts right after it holds only its groups
 * in memory; anything else goes through mingo.
 */
export async function aggregate(
  store: Store,
  collection: Collection | null,
  pipeline: Doc[],
  stats: ScanStats,
): Promise<Doc[]> {
  const [first, ...others] = pipeline;
  const filter = isPlain(first?.['$match']) ? first['$match'] : null;
  const rest = filter ? others : pipeline;
  const group = isPlain(rest[0]?.['$group']) ? rest[0]['$group'] : null;
  const sums = group && readSums(group);
  if (!sums) return run(rest, await collect(store, collection, filter ?? {}, stats));
  const counted = sums.id === null && Object.values(sums.fields).every((term) => term === 1);
  const grouped = counted
    ? await countOnly(store, collection, filter ?? {}, sums, group, stats)
    : await sumUp(store, collection, filter ?? {}, sums, stats);
  return run(rest.slice(1), grouped);
}

interface Sums {
  /** A path, or null for one group. */
  id: string | null;
  /** 1 counts; a path is summed. */
  fields: Record<string, 1 | string>;
}

/** Null where the group is not one of plain sums. */
function readSums({ _id, ...accumulators }: Doc): Sums | null {
  const isPath = (value: unknown): value is string => typeof value === 'string' && /^\$[^$]/.test(value);
  const fields: Sums['fields'] = {};
  for (const [name, accumulator] of Object.entries(accumulators)) {
    const term = isPlain(accumulator) && Object.keys(accumulator).length === 1 ? accumulator['$sum'] : undefined;
    if (term === 1) fields[name] = 1;
    else if (isPath(term)) fields[name] = term.slice(1);
    else return null;
  }
  if (isPath(_id)) return { id: _id.slice(1), fields };
  return isPlain(_id) || Array.isArray(_id) || typeof _id === 'string' ? null : { id: null, fields };
}

async function countOnly(
  store: Store,
  collection: Collection | null,
  filter: Doc,
  { fields }: Sums,
  group: Doc,
  stats: ScanStats,
): Promise<Doc[]> {
  const count = await countMatching(store, collection, filter, stats);
  if (count === 0) return [];
  return [{ _id: group['_id'], ...Object.fromEntries(Object.keys(fields).map((name) => [name, count])) }];
}

async function sumUp(
  store: Store,
  collection: Collection | null,
  filter: Doc,
  sums: Sums,
  stats: ScanStats,
): Promise<Doc[]> {
  const groups = new Map<unknown, Doc>();
  for await (const { document } of find(store, collection, { filter }, stats)) {
    const id = sums.id === null ? null : (getPath(document, sums.id) ?? null);
    const name = id !== null && typeof id === 'object' ? JSON.stringify(id) : id;
    const group = groups.get(name) ?? { _id: id };
    groups.set(name, group);
    for (const [field, term] of Object.entries(sums.fields)) {
      const value = term === 1 ? 1 : getPath(document, term);
      group[field] = ((group[field] as number | undefined) ?? 0) + (typeof value === 'number' ? value : 0);
    }
  }
  return [...groups.values()];
}

async function collect(store: Store, collection: Collection | null, filter: Doc, stats: ScanStats): Promise<Doc[]> {
  const documents: Doc[] = [];
  for await (const { document } of find(store, collection, { filter }, stats)) {
    documents.push(document);
    if (documents.length > MAX_DOCUMENTS) throw new MongoError('BadValue', 'the pipeline needs too many documents');
  }
  return documents;
}

async function run(pipeline: Doc[], documents: Doc[]): Promise<Doc[]> {
  if (pipeline.length === 0) return documents;
  // Some two hundred files that a start does not wait for.
  const { Aggregator } = await import('mingo');
  try {
    return new Aggregator(pipeline, { scriptEnabled: false }).run(documents) as Doc[];
  } catch (error) {
    throw new MongoError('BadValue', error instanceof Error ? error.message : 'bad pipeline');
  }
}
