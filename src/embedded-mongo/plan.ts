import type { Index } from './catalog.js';
import { type Doc, isPlain } from './documents.js';
import { encodeValue, typeBounds } from './key-encoding.js';

/** Prefixes that `$in` may open: beyond, the index is left to its other fields. */
const MAX_PREFIXES = 10_000;

export interface Range {
  /** Inclusive. */
  start: Buffer;
  /** Exclusive. */
  end: Buffer;
}

/** How the documents of a filter are found: the parts of one index to be read, in order. */
export interface Plan {
  index: Index;
  ranges: Range[];
  /** The keys of the only documents that there can be, in order, where the filter names them by their `_id`. */
  points: Buffer[] | null;
  reverse: boolean;
  /** The index gives the documents in the order asked for. */
  sorted: boolean;
  /** Every condition of the filter is met by what is read, so that no document need be looked at. */
  covered: boolean;
}

interface Condition {
  equals: unknown[];
  bounds: { op: '$gt' | '$gte' | '$lt' | '$lte'; value: unknown }[];
}

type SortFields = [string, 1 | -1][];

/** Picks the index with the longest run of equalities, then with a range or the order that is asked for. */
export function planQuery(indexes: readonly Index[], filter: Doc, sort: SortFields): Plan {
  const { conditions, complete } = readConditions(filter);
  let best: { plan: Plan; score: number } | null = null;
  for (const index of indexes) {
    if (index.building) continue;
    const candidate = planWith(index, conditions, complete, sort);
    if (!best || candidate.score > best.score) best = candidate;
  }
  if (!best) throw new Error('a collection has at least the index on _id');
  return best.plan;
}

/** The conditions on single fields; not complete where the filter says more than they do. */
function readConditions(filter: Doc): { conditions: Map<string, Condition>; complete: boolean } {
  const conditions = new Map<string, Condition>();
  let complete = true;
  const read = (part: Doc) => {
    for (const [path, value] of Object.entries(part)) {
      if (path === '$and' && Array.isArray(value)) {
        for (const each of value) read(each as Doc);
      } else if (path.startsWith('$') || conditions.has(path)) {
        complete = false;
      } else {
        const condition = readCondition(value);
        if (condition.known) conditions.set(path, condition);
        if (!condition.exact) complete = false;
      }
    }
  };
  read(filter);
  return { conditions, complete };
}

function readCondition(value: unknown): Condition & { known: boolean; exact: boolean } {
  const none = { equals: [], bounds: [], known: false, exact: false };
  if (value instanceof RegExp || Array.isArray(value)) return none;
  if (!isPlain(value) || !Object.keys(value).some((key) => key.startsWith('$'))) {
    return isPlain(value) ? none : { equals: [value], bounds: [], known: true, exact: isExact(value) };
  }
  const condition = { equals: [] as unknown[], bounds: [] as Condition['bounds'], known: false, exact: true };
  for (const [op, operand] of Object.entries(value)) {
    if (op === '$eq' && !isPlain(operand) && !Array.isArray(operand)) condition.equals = [operand];
    else if (op === '$in' && Array.isArray(operand) && operand.every(isScalar)) condition.equals = operand;
    else if (
      (op === '$gt' || op === '$gte' || op === '$lt' || op === '$lte') &&
      isScalar(operand) &&
      operand !== null
    ) {
      condition.bounds.push({ op, value: operand });
    } else {
      condition.exact = false;
      continue;
    }
    condition.known = true;
    condition.exact &&= op === '$in' ? (operand as unknown[]).every(isExact) : isExact(operand);
  }
  if (condition.equals.length > 0 && condition.bounds.length > 0) condition.exact = false;
  return condition;
}

function isScalar(value: unknown): boolean {
  return !isPlain(value) && !Array.isArray(value) && !(value instanceof RegExp);
}

/** Long texts are cut in keys, so that equal keys need not be equal values. */
function isExact(value: unknown): boolean {
  return typeof value !== 'string' || value.length <= 100;
}

function planWith(index: Index, conditions: Map<string, Condition>, complete: boolean, sort: SortFields) {
  let prefixes: Buffer[] = [index.prefix];
  let used = 0;
  let nulls = 0;
  for (const { path, descending } of index.fields) {
    const equals = conditions.get(path)?.equals ?? [];
    if (equals.length === 0 || prefixes.length * equals.length > MAX_PREFIXES) break;
    const encoded = equals.map((value) => encodeValue(value, descending));
    prefixes = prefixes.flatMap((prefix) => encoded.map((each) => Buffer.concat([prefix, each])));
    used++;
    // Null, or missing, is what most documents are: it finds less than any value.
    if (equals.includes(null)) nulls++;
  }
  const field = index.fields[used];
  const bounds = (field && conditions.get(field.path)?.bounds) ?? [];
  const starts = distinct(prefixes);
  const ranges = starts.map((prefix) => rangeOf(prefix, bounds, field?.descending ?? false));
  const order = sort.length === 0 ? 1 : orderOf(index, used, conditions, sort);
  const sorted = order !== null && (ranges.length === 1 || sort.length === 0) && !index.multikey;
  const everyConditionUsed = conditions.size === used + (bounds.length > 0 ? 1 : 0);
  const isPoint = index.name === '_id_' && used === 1;
  const plan: Plan = {
    index,
    ranges,
    points: isPoint ? starts : null,
    reverse: order === -1,
    sorted,
    covered: complete && everyConditionUsed && !index.multikey,
  };
  // A point on `_id` finds one document, which no other index betters.
  const point = isPoint ? 1_000 : 0;
  const fit = used * 10 - nulls * 6 + (bounds.length > 0 ? 5 : 0) + (sorted && sort.length > 0 ? 7 : 0);
  // Of two that fit alike, the one with fewer further fields: its entries move less often.
  const score = point + fit - index.fields.length / 100;
  return { plan, score };
}

/** 1 or -1 where reading the index on or back gives this order, after the fields that are held equal; else null. */
function orderOf(index: Index, used: number, conditions: Map<string, Condition>, sort: SortFields): 1 | -1 | null {
  const open = sort.filter(([path]) => conditions.get(path)?.equals.length !== 1);
  let order: 1 | -1 | null = null;
  for (const [position, [path, direction]] of open.entries()) {
    const field = index.fields[used + position];
    if (!field || field.path !== path) return null;
    const needed = (direction === -1) === field.descending ? 1 : -1;
    if (order !== null && order !== needed) return null;
    order = needed;
  }
  return order ?? 1;
}

function rangeOf(prefix: Buffer, bounds: Condition['bounds'], descending: boolean): Range {
  let start = prefix;
  let end = after(prefix);
  for (const { op, value } of bounds) {
    const encoded = Buffer.concat([prefix, encodeValue(value, descending)]);
    const { first, last } = typeBounds(value);
    const types = descending
      ? { start: Buffer.from([~(last[0] ?? 0) + 1]), end: Buffer.from([~(first[0] ?? 0) + 1]) }
      : { start: first, end: last };
    start = later(start, Buffer.concat([prefix, types.start]));
    end = earlier(end, Buffer.concat([prefix, types.end]));
    const above = (op === '$gt' || op === '$gte') !== descending;
    const inclusive = op === '$gte' || op === '$lte';
    if (above) start = later(start, inclusive ? encoded : after(encoded));
    else end = earlier(end, inclusive ? after(encoded) : encoded);
  }
  return { start, end };
}

/** The first key after all that start with this one. */
function after(prefix: Buffer): Buffer {
  const next = Buffer.from(prefix);
  for (let index = next.length - 1; index >= 0; index--) {
    const byte = next[index] ?? 0;
    if (byte < 0xff) {
      next[index] = byte + 1;
      return next.subarray(0, index + 1);
    }
  }
  return Buffer.concat([prefix, Buffer.from([0xff])]);
}

function later(a: Buffer, b: Buffer): Buffer {
  return Buffer.compare(a, b) >= 0 ? a : b;
}

function earlier(a: Buffer, b: Buffer): Buffer {
  return Buffer.compare(a, b) <= 0 ? a : b;
}

function distinct(prefixes: Buffer[]): Buffer[] {
  if (prefixes.length === 1) return prefixes;
  const sorted = [...prefixes].sort(Buffer.compare);
  return sorted.filter((prefix, index) => index === 0 || !prefix.equals(sorted[index - 1] ?? Buffer.alloc(0)));
}
