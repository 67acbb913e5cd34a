import { $inc, $max, $min, $set } from 'mingo/operators/update';
import { update } from 'mingo/updater';
import { type Doc, getPath, isPlain } from './documents.js';
import { MongoError } from './mongo-error.js';

const OPERATORS = new Set([
  '$set',
  '$unset',
  '$inc',
  '$max',
  '$min',
  '$mul',
  '$push',
  '$addToSet',
  '$pull',
  '$pullAll',
  '$pop',
  '$rename',
  '$currentDate',
  '$setOnInsert',
]);

/** Changes the document in place: operators, or a whole replacement. `_id` stays. @throws MongoError */
export function applyUpdate(document: Doc, change: unknown): void {
  const operators = parseUpdate(change);
  const id = document['_id'];
  if (!operators) {
    replace(document, change as Doc);
    return;
  }
  // mingo's updater has no $setOnInsert: it is applied by the insert.
  const { $setOnInsert: _, ...modifiers } = operators;
  if (Object.keys(modifiers).length > 0) run(document, modifiers);
  if (!sameId(document['_id'], id)) throw immutable();
}

/** The document that an upsert inserts: the equalities of the filter, then the update with its $setOnInsert. */
export function documentToInsert(filter: Doc, change: unknown): Doc {
  const operators = parseUpdate(change);
  if (!operators) return { ...(change as Doc), ...('_id' in filter ? { _id: filter['_id'] } : {}) };
  const document: Doc = {};
  for (const [path, value] of equalities(filter)) {
    // mingo lets no update set an `_id`, not even the first.
    if (path === '_id') document['_id'] = value;
    else run(document, { $set: { [path]: value } });
  }
  const { $setOnInsert, ...modifiers } = operators;
  if ($setOnInsert) run(document, { $set: $setOnInsert });
  if (Object.keys(modifiers).length > 0) run(document, modifiers);
  return document;
}

/** Null for a replacement. */
function parseUpdate(change: unknown): Doc | null {
  if (!isPlain(change)) throw new MongoError('FailedToParse', 'updates by pipeline are not supported');
  const keys = Object.keys(change);
  if (!keys.some((key) => key.startsWith('$'))) return null;
  const unknown = keys.find((key) => !OPERATORS.has(key));
  if (unknown) throw new MongoError('FailedToParse', `Unknown modifier: ${unknown}`);
  return change;
}

/** Those that no filter of an array goes with: they run without what mingo makes anew for each update. */
const PLAIN = { $set, $inc, $min, $max };

function isPlainUpdate(modifiers: Doc): boolean {
  if (!Object.keys(modifiers).every((operator) => operator in PLAIN)) return false;
  const paths = Object.values(modifiers).flatMap((change) => Object.keys(change as Doc));
  return paths.every((path) => !path.includes('$')) && !conflict(paths);
}

/** Whether one of the paths stands beside itself, or beside one that leads to it. */
function conflict(paths: readonly string[]): boolean {
  const all = new Set(paths);
  const leadsTo = (path: string) => {
    for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
      if (all.has(path.slice(0, dot))) return true;
    }
    return false;
  };
  return all.size < paths.length || paths.some(leadsTo);
}

function run(document: Doc, modifiers: Doc): void {
  for (const [path, by] of Object.entries((modifiers['$inc'] as Doc | undefined) ?? {})) {
    const now = getPath(document, path);
    if (typeof by !== 'number' || (now !== undefined && typeof now !== 'number')) {
      throw new MongoError('TypeMismatch', `Cannot apply $inc to the value at ${path}`);
    }
  }
  try {
    if (!isPlainUpdate(modifiers)) {
      update(document, modifiers, [], {}, { cloneMode: 'none', queryOptions: { scriptEnabled: false } });
      return;
    }
    for (const [operator, change] of Object.entries(modifiers))
      PLAIN[operator as keyof typeof PLAIN](change as Record<string, number>)(document);
  } catch (error) {
    throw new MongoError('BadValue', error instanceof Error ? error.message : 'bad update');
  }
}

function replace(document: Doc, replacement: Doc): void {
  if ('_id' in replacement && !sameId(replacement['_id'], document['_id'])) throw immutable();
  for (const key of Object.keys(document)) if (key !== '_id') delete document[key];
  Object.assign(document, { ...replacement, _id: document['_id'] });
}

function equalities(filter: Doc): [string, unknown][] {
  return Object.entries(filter).flatMap(([path, value]): [string, unknown][] => {
    if (path === '$and' && Array.isArray(value)) return value.flatMap((each) => equalities(each as Doc));
    if (path.startsWith('$')) return [];
    if (!isPlain(value) || !Object.keys(value).some((key) => key.startsWith('$'))) return [[path, value]];
    return '$eq' in value ? [[path, value['$eq']]] : [];
  });
}

function sameId(a: unknown, b: unknown): boolean {
  return a === b || (a !== null && typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}

function immutable(): MongoError {
  return new MongoError(
    'ImmutableField',
    "Performing an update on the path '_id' would modify the immutable field '_id'",
  );
}
