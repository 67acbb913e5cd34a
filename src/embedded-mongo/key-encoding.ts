import { createHash } from 'node:crypto';
import { serialize } from 'bson';

/** The order of types in MongoDB's comparison, as the first byte of an encoded value. */
const ORDER = {
  MinKey: 0x01,
  null: 0x05,
  number: 0x10,
  string: 0x20,
  object: 0x30,
  array: 0x38,
  Binary: 0x40,
  ObjectId: 0x50,
  boolean: 0x60,
  date: 0x70,
  Timestamp: 0x78,
  BSONRegExp: 0x80,
  MaxKey: 0xf0,
} as const;

/** lmdb takes keys of 1,978 bytes; of a longer text its start and a hash stand in the key, and the filter is tested. */
const MAX_TEXT_BYTES = 400;

/** Encodes a value so that the bytes compare as MongoDB compares the values; missing is null. */
export function encodeValue(value: unknown, descending = false): Buffer {
  const bytes = ascending(value);
  if (descending) for (let index = 0; index < bytes.length; index++) bytes[index] = ~(bytes[index] ?? 0);
  return bytes;
}

/** The first and last possible bytes of the values that are of the same type as this one. */
export function typeBounds(value: unknown): { first: Buffer; last: Buffer } {
  const type = ascending(value)[0] ?? 0;
  return { first: Buffer.from([type]), last: Buffer.from([type + 1]) };
}

function ascending(value: unknown): Buffer {
  if (value === null || value === undefined) return Buffer.from([ORDER.null]);
  if (typeof value === 'number' || typeof value === 'bigint') return encodeNumber(ORDER.number, Number(value));
  if (typeof value === 'string') return encodeText(ORDER.string, Buffer.from(value));
  if (typeof value === 'boolean') return Buffer.from([ORDER.boolean, value ? 1 : 0]);
  if (value instanceof Date) return encodeNumber(ORDER.date, value.getTime());
  if (Array.isArray(value)) return encodeText(ORDER.array, Buffer.from(serialize({ value })));
  return encodeObject(value);
}

function encodeObject(value: object): Buffer {
  switch ('_bsontype' in value ? value._bsontype : undefined) {
    case 'ObjectId':
      return Buffer.concat([Buffer.from([ORDER.ObjectId]), (value as { id: Uint8Array }).id]);
    case 'Int32':
    case 'Double':
    case 'Long':
    case 'Decimal128':
      return encodeNumber(ORDER.number, Number(value.toString()));
    case 'Binary':
      return encodeText(ORDER.Binary, Buffer.from(serialize({ value })));
    case 'Timestamp':
      return encodeText(ORDER.Timestamp, Buffer.from(value.toString().padStart(20, '0')));
    case 'BSONRegExp':
      return encodeText(ORDER.BSONRegExp, Buffer.from(serialize({ value })));
    case 'MinKey':
      return Buffer.from([ORDER.MinKey]);
    case 'MaxKey':
      return Buffer.from([ORDER.MaxKey]);
    default:
      return encodeText(ORDER.object, Buffer.from(serialize({ value })));
  }
}

/** IEEE 754 bits compare as numbers once the sign is turned: all bits of a negative one, the sign of any other. */
function encodeNumber(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = type;
  bytes.writeDoubleBE(value === 0 ? 0 : value, 1);
  if ((bytes[1] ?? 0) & 0x80) for (let index = 1; index < 9; index++) bytes[index] = ~(bytes[index] ?? 0);
  else bytes[1] = (bytes[1] ?? 0) | 0x80;
  return bytes;
}

/** Ends with 00 00, and a 00 inside is 00 FF: so a text stands before any longer one that starts with it. */
function encodeText(type: number, text: Buffer): Buffer {
  const kept = text.length > MAX_TEXT_BYTES ? shorten(text) : text;
  const parts: Uint8Array[] = [Buffer.from([type])];
  let from = 0;
  for (let zero = kept.indexOf(0); zero !== -1; zero = kept.indexOf(0, from)) {
    parts.push(kept.subarray(from, zero), Buffer.from([0, 0xff]));
    from = zero + 1;
  }
  parts.push(kept.subarray(from), Buffer.from([0, 0]));
  return Buffer.concat(parts);
}

function shorten(text: Buffer): Buffer {
  return Buffer.concat([text.subarray(0, MAX_TEXT_BYTES), createHash('sha256').update(text).digest()]);
}
