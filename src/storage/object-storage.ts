import type { Readable } from 'node:stream';
import type { UnavailableError } from '../domain/errors.js';

/**
 * The port of the object store. Keys are made by `keys.ts`; an object is written whole or not at all, and its type
 * follows from the ending of its key (`object-headers.ts`). Where the store is away or full, each call throws AppError UNAVAILABLE.
 */
export interface ObjectStorage {
  /** Resolves with the bytes written, once they are durable. A source that fails leaves nothing behind. */
  put(key: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<{ bytes: number }>;
  /** @throws ObjectNotFoundError */
  get(key: string, range?: ByteRange): Promise<StoredObject>;
  /** What is there under this key; null if nothing. */
  head(key: string): Promise<ObjectHead | null>;
  /** A key that is not there is no error. */
  delete(keys: readonly string[]): Promise<void>;
  /** Every key under a prefix that ends with `/`, a page at a time. */
  list(prefix: string): AsyncIterable<ListedObject[]>;
  /** The folders that stand in a prefix that ends with `/`, as prefixes, a page at a time. */
  folders(prefix: string): AsyncIterable<string[]>;
  /** Removes what puts have left that were begun before this moment and cut off by the end of their process. */
  removeUnfinished(before: Date): Promise<void>;
  /** A URL that gives the object to who holds it, for a limited time; null where the api serves the bytes itself. */
  presign(key: string): Promise<PresignedUrl | null>;
  /** Asked before work of which the result would be stored. @throws AppError UNAVAILABLE while nothing can be. */
  ready(): Promise<void>;
  /** Told what the process met that makes the images: `ready` and `check` know it too, till something can be stored. */
  noteOutage(outage: UnavailableError): void;
  /** @throws if the store cannot be reached, or takes nothing. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface PresignedUrl {
  url: string;
  /** For how long it holds. */
  seconds: number;
}

/** Inclusive on both sides, as in HTTP. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface ObjectHead {
  bytes: number;
  lastModified: Date;
}

export interface StoredObject extends ObjectHead {
  body: Readable;
}

export interface ListedObject extends ObjectHead {
  key: string;
}

export class ObjectNotFoundError extends Error {
  constructor(key: string) {
    super(`There is no object ${key}.`);
    this.name = 'ObjectNotFoundError';
  }
}
