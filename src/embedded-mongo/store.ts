import { ObjectId } from 'bson';
import type { RootDatabase } from 'lmdb';
import { applyUpdate, documentToInsert } from './apply-update.js';
import { type Catalog, type Collection, createCatalog, type Index, indexKeys, type Tree } from './catalog.js';
import { compileFilter, type Doc, decodeDocument, encodeDocument } from './documents.js';
import { translateCommitError } from './failed-commit.js';
import { encodeValue } from './key-encoding.js';
import { MongoError } from './mongo-error.js';

export interface Found {
  key: Buffer;
  document: Doc;
  /** The document as it is stored, in BSON. */
  bytes: Buffer;
}

/** What an update does to one document. */
export interface UpdateStep {
  filter: Doc;
  matches: (document: Doc) => boolean;
  change: unknown;
}

/**
 * Documents and their index entries. Each write reads, checks and writes within one callback of a transaction, which
 * nothing else runs beside; many callbacks share a commit, and the promise resolves after it.
 */
export interface Store {
  catalog: Catalog;
  documents: Tree;
  entries: Tree;
  keyOf(collection: Collection, id: unknown): Buffer;
  read(key: Buffer): Doc | null;
  /** @throws MongoError DuplicateKey */
  insert(namespace: string, document: Doc): Promise<void>;
  /** In one transaction; each document's own error, where it has one. */
  insertMany(namespace: string, documents: Doc[], ordered: boolean): Promise<(MongoError | null)[]>;
  /** Null where the document no longer is what the filter asks for. */
  update(
    collection: Collection,
    key: Buffer,
    step: UpdateStep,
  ): Promise<{ before: Doc; after: Doc; modified: boolean } | null>;
  /** Updates the document with the filter's `_id` if it came meanwhile, else inserts. */
  upsert(namespace: string, step: UpdateStep): Promise<{ document: Doc; inserted: boolean }>;
  remove(collection: Collection, key: Buffer, matches: (document: Doc) => boolean): Promise<Doc | null>;
  /** Any change of the catalog or of many entries. */
  write<T>(change: () => T): Promise<T>;
  putEntries(index: Index, collection: Collection, key: Buffer, document: Doc): void;
}

export function createStore(root: RootDatabase): Store {
  const catalog = createCatalog(root);
  const documents = openTree(root, 'documents');
  const entries = openTree(root, 'entries');

  const read = (key: Buffer) => {
    const bytes = documents.get(key);
    return bytes ? decodeDocument(bytes) : null;
  };
  const write = <T>(change: () => T): Promise<T> =>
    root.transaction(change).catch((error: unknown) => {
      const told = translateCommitError(error);
      if (told !== error) catalog.reload();
      throw told;
    });

  const checkUnique = ({ namespace, indexes }: Collection, key: Buffer, document: Doc, before: Doc | null) => {
    for (const index of indexes.slice(1)) {
      if (!index.unique) continue;
      for (const entry of indexKeys(index, document)) {
        if (before && indexKeys(index, before).some((each) => each.equals(entry))) continue;
        const end = Buffer.concat([entry, Buffer.from([0xff])]);
        for (const { value } of entries.getRange({ start: entry, end, limit: 2 })) {
          if (!value.equals(key)) throw duplicateKey(namespace, index, document);
        }
      }
    }
  };
  const putEntries: Store['putEntries'] = (index, collection, key, document) => {
    const keys = indexKeys(index, document);
    if (keys.length > 1 && !index.multikey) catalog.setMultikey(collection, index);
    for (const each of keys) void entries.put(Buffer.concat([each, key]), key);
  };
  /** Writes only the entries that change. */
  const moveEntries = (collection: Collection, key: Buffer, before: Doc | null, after: Doc | null) => {
    for (const index of collection.indexes.slice(1)) {
      const old = before ? indexKeys(index, before) : [];
      const now = after ? indexKeys(index, after) : [];
      if (old.length === now.length && old.every((each, at) => each.equals(now[at] ?? key))) continue;
      for (const each of old) void entries.remove(Buffer.concat([each, key]));
      if (after) putEntries(index, collection, key, after);
    }
  };
  const keyOf = ({ indexes }: Collection, id: unknown) =>
    Buffer.concat([(indexes[0] as Index).prefix, encodeValue(id)]);

  const insertNow = (collection: Collection, given: Doc) => {
    const document = '_id' in given ? given : { _id: new ObjectId(), ...given };
    const bytes = encodeDocument(document);
    const key = keyOf(collection, document['_id']);
    if (documents.get(key)) throw duplicateKey(collection.namespace, collection.indexes[0] as Index, document);
    checkUnique(collection, key, document, null);
    void documents.put(key, bytes);
    moveEntries(collection, key, null, document);
    return document;
  };
  const updateNow = (collection: Collection, key: Buffer, { matches, change }: UpdateStep) => {
    const bytes = documents.get(key);
    const before = bytes && decodeDocument(bytes);
    if (!bytes || !before || !matches(before)) return null;
    const after = decodeDocument(bytes);
    applyUpdate(after, change);
    const written = encodeDocument(after);
    const modified = !written.equals(bytes);
    if (modified) {
      checkUnique(collection, key, after, before);
      void documents.put(key, written);
      moveEntries(collection, key, before, after);
    }
    return { before, after, modified };
  };

  return {
    catalog,
    documents,
    entries,
    keyOf,
    read,
    write,
    putEntries,
    insert: (namespace, document) => write(() => void insertNow(catalog.findOrCreate(namespace), document)),
    insertMany: (namespace, many, ordered) =>
      write(() => {
        const collection = catalog.findOrCreate(namespace);
        const errors: (MongoError | null)[] = [];
        for (const document of many) {
          const error = attempt(() => void insertNow(collection, document));
          errors.push(error);
          if (error && ordered) break;
        }
        return errors;
      }),
    update: (collection, key, step) => write(() => updateNow(collection, key, step)),
    upsert: (namespace, step) =>
      write(() => {
        const collection = catalog.findOrCreate(namespace);
        const document = documentToInsert(step.filter, step.change);
        const key = '_id' in document ? keyOf(collection, document['_id']) : null;
        const updated = key && updateNow(collection, key, step);
        if (updated) return { document: updated.after, inserted: false };
        return { document: insertNow(collection, document), inserted: true };
      }),
    remove: (collection, key, matches) =>
      write(() => {
        const document = read(key);
        if (!document || !matches(document)) return null;
        void documents.remove(key);
        moveEntries(collection, key, document, null);
        return document;
      }),
  };
}

/** An error of one document must not leave the transaction: the others of its batch are to be written. */
function attempt(work: () => void): MongoError | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof MongoError) return error;
    throw error;
  }
}

function openTree(root: RootDatabase, name: string): Tree {
  return root.openDB<Buffer, Buffer>({ name, keyEncoding: 'binary', encoding: 'binary' });
}

function duplicateKey(namespace: string, index: Index, document: Doc): MongoError {
  const keyValue = Object.fromEntries(index.fields.map(({ path }) => [path, path.split('.').reduce(step, document)]));
  const shown = Object.entries(keyValue).map(([path, value]) => `${path}: ${JSON.stringify(value)}`);
  const message = `E11000 duplicate key error collection: ${namespace} index: ${index.name} dup key: { ${shown.join(', ')} }`;
  return new MongoError('DuplicateKey', message, { keyPattern: index.key, keyValue });
}

function step(value: unknown, part: string): unknown {
  return value !== null && typeof value === 'object' ? (value as Doc)[part] : undefined;
}

/** The filter's test, for an update step. */
export function toStep(filter: Doc, change: unknown): UpdateStep {
  return { filter, matches: compileFilter(filter), change };
}
