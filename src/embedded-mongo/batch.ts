import { serialize } from 'bson';
import type { Doc } from './documents.js';

const DOCUMENT = 3;
const ARRAY = 4;
const END = Buffer.from([0]);

/** The answer that brings a batch of documents, which go out as they are stored (https://bsonspec.org/spec.html). */
export function encodeBatch(name: 'firstBatch' | 'nextBatch', documents: readonly Buffer[], cursor: Doc): Buffer {
  const elements = documents.flatMap((document, index) => [head(DOCUMENT, String(index)), document]);
  const array = sized([Buffer.alloc(4), ...elements, END]);
  return append({ ok: 1 }, DOCUMENT, 'cursor', append(cursor, ARRAY, name, array));
}

/** A document in BSON, with one field more at its end. */
function append(document: Doc, type: number, name: string, value: Buffer): Buffer {
  return sized([serialize(document).subarray(0, -1), head(type, name), value, END]);
}

function head(type: number, name: string): Buffer {
  return Buffer.from(`${String.fromCharCode(type)}${name}\0`);
}

/** Parts of a document put together; the first begins with the place of its length. */
function sized(parts: readonly Uint8Array[]): Buffer {
  const whole = Buffer.concat(parts);
  whole.writeInt32LE(whole.length);
  return whole;
}
