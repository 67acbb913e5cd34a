import { deserialize, serialize } from 'bson';
import { Context } from 'mingo/core';
import * as queryOperators from 'mingo/operators/query';
import { Query } from 'mingo/query';
import { MongoError } from './mongo-error.js';

/** A document as BSON gives it. */
export type Doc = Record<string, unknown>;

/** mingo copies its operators for each filter: those of filters are few. */
const FILTERS = Context.init({ query: { ...queryOperators, $in: inTexts } });

export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

export function encodeDocument(document: Doc): Buffer {
  const bytes = serialize(document, { ignoreUndefined: true });
  if (bytes.length <= MAX_DOCUMENT_BYTES) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  throw new MongoError('BSONObjectTooLarge', `the document has ${bytes.length} bytes`);
}

export function decodeDocument(bytes: Uint8Array): Doc {
  return deserialize(bytes);
}

/** The value at a dotted path. */
export function getPath(document: unknown, path: string): unknown {
  if (!path.includes('.')) return (document as Doc)[path];
  let value = document;
  for (const part of path.split('.')) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Doc)[part];
  }
  return value;
}

/** MongoDB's test of a filter. Scripts of a client are never run. @throws MongoError BadValue */
export function compileFilter(filter: Doc): (document: Doc) => boolean {
  if (Object.keys(filter).length === 0) return () => true;
  try {
    const query = new Query(filter, { scriptEnabled: false, context: FILTERS });
    return (document) => query.test(document);
  } catch (error) {
    throw new MongoError('BadValue', error instanceof Error ? error.message : 'bad filter');
  }
}

/** mingo's `$in` makes a hash map for each document that it is asked about: texts among texts, as ids are, need one. */
function inTexts(...args: Parameters<typeof queryOperators.$in>): (document: Doc) => boolean {
  const [path, values] = args;
  const usual = queryOperators.$in(...args);
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'string')) return usual;
  const texts = new Set<unknown>(values);
  return (document) => {
    const value = getPath(document, path);
    return typeof value === 'string' ? texts.has(value) : usual(document);
  };
}

/** Inclusion or exclusion of dotted paths. */
export function compileProjection(projection: Doc | undefined): (document: Doc) => Doc {
  const entries = Object.entries(projection ?? {});
  if (entries.length === 0) return (document) => document;
  if (entries.some(([, value]) => typeof value === 'object')) {
    throw new MongoError('BadValue', 'projections by expression are not supported');
  }
  const keepsId = entries.find(([path]) => path === '_id')?.[1];
  const paths = entries.filter(([path]) => path !== '_id').map(([path]) => path);
  const includes = entries.some(([path, value]) => path !== '_id' && value) || (paths.length === 0 && Boolean(keepsId));
  if (!includes) return (document) => omit(document, [...paths, ...(keepsId === undefined || keepsId ? [] : ['_id'])]);
  return (document) => pick(document, [...(keepsId === undefined || keepsId ? ['_id'] : []), ...paths]);
}

function omit(document: Doc, paths: readonly string[]): Doc {
  const copy = { ...document };
  for (const path of paths) {
    const [head = '', ...rest] = path.split('.');
    const inner = copy[head];
    if (rest.length === 0) delete copy[head];
    else if (isPlain(inner)) copy[head] = omit(inner, [rest.join('.')]);
  }
  return copy;
}

function pick(document: Doc, paths: readonly string[]): Doc {
  const copy: Doc = {};
  for (const key of Object.keys(document)) {
    if (paths.includes(key)) copy[key] = document[key];
    const rest = paths.filter((path) => path.startsWith(`${key}.`)).map((path) => path.slice(key.length + 1));
    const inner = document[key];
    if (rest.length > 0 && isPlain(inner)) copy[key] = pick(inner, rest);
  }
  return copy;
}

export function isPlain(value: unknown): value is Doc {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
}
