import type { Database, RootDatabase } from 'lmdb';
import { type Doc, getPath } from './documents.js';
import { encodeValue } from './key-encoding.js';
import { MongoError } from './mongo-error.js';

export interface Index {
  name: string;
  /** As the client wrote it. */
  key: Record<string, 1 | -1>;
  fields: { path: string; descending: boolean }[];
  unique: boolean;
  /** Before each of its keys, so that all indexes share one tree. */
  prefix: Buffer;
  /** Some document holds an array at one of its paths: then a document may have several keys. */
  multikey: boolean;
  /** Not all documents are in it yet: no query may go by it. */
  building: boolean;
}

export interface Collection {
  namespace: string;
  /** The index on `_id` is the first. Its tree holds the documents themselves. */
  indexes: Index[];
}

/** Whose tree holds the documents. */
const ID_INDEX = '_id_';

export type Tree = Database<Buffer, Buffer>;

/** What is stored of an index. */
interface StoredIndex {
  name: string;
  key: Record<string, 1 | -1>;
  unique: boolean;
  id: number;
  multikey: boolean;
  /** Absent in one of a version that did not know it. */
  building?: boolean;
}

/** Which collections and indexes there are, kept in a tree of its own. */
export interface Catalog {
  find(namespace: string): Collection | null;
  findOrCreate(namespace: string): Collection;
  list(database: string): Collection[];
  addIndex(collection: Collection, name: string, key: Record<string, 1 | -1>, unique: boolean): Index;
  /** All documents are in it. */
  finishIndex(collection: Collection, name: string): void;
  removeIndex(collection: Collection, index: Index): void;
  setMultikey(collection: Collection, index: Index): void;
  remove(namespace: string): void;
  /** Takes what is stored for what is: a commit has failed. */
  reload(): void;
}

/** Every change is made within a write transaction of the caller. */
export function createCatalog(root: RootDatabase): Catalog {
  const tree = root.openDB<{ indexes: StoredIndex[] } | number, string>({ name: 'catalog', encoding: 'json' });
  const collections = new Map<string, Collection>();
  const reload = () => {
    const stored = new Set<string>();
    for (const { key, value } of tree.getRange()) {
      if (typeof value === 'number') continue;
      stored.add(key);
      const indexes = value.indexes.map(openIndex);
      const known = collections.get(key);
      // In place: whoever is at work on the collection goes on with what is stored.
      if (known) known.indexes = indexes;
      else collections.set(key, { namespace: key, indexes });
    }
    for (const namespace of [...collections.keys()]) if (!stored.has(namespace)) collections.delete(namespace);
  };
  reload();
  const nextId = () => {
    const id = ((tree.get('\u0000nextId') as number | undefined) ?? 0) + 1;
    void tree.put('\u0000nextId', id);
    return id;
  };
  const save = (collection: Collection) => {
    const indexes = collection.indexes.map(({ name, key, unique, prefix, multikey, building }) => {
      return { name, key, unique, id: prefix.readUInt32BE(), multikey, building };
    });
    void tree.put(collection.namespace, { indexes });
    collections.set(collection.namespace, collection);
  };
  const addIndex: Catalog['addIndex'] = (collection, name, key, unique) => {
    const index = openIndex({ name, key, unique, id: nextId(), multikey: false, building: name !== ID_INDEX });
    collection.indexes = [...collection.indexes, index];
    save(collection);
    return index;
  };
  return {
    find: (namespace) => collections.get(namespace) ?? null,
    findOrCreate(namespace) {
      const found = collections.get(namespace);
      if (found) return found;
      const collection: Collection = { namespace, indexes: [] };
      // Made in a commit that was under way while another one failed.
      const stored = tree.get(namespace);
      if (stored && typeof stored !== 'number') {
        collection.indexes = stored.indexes.map(openIndex);
        collections.set(namespace, collection);
        return collection;
      }
      addIndex(collection, ID_INDEX, { _id: 1 }, true);
      return collection;
    },
    list: (database) => [...collections.values()].filter(({ namespace }) => namespace.startsWith(`${database}.`)),
    addIndex,
    finishIndex(collection, name) {
      for (const index of collection.indexes) if (index.name === name) index.building = false;
      save(collection);
    },
    removeIndex(collection, index) {
      collection.indexes = collection.indexes.filter((each) => each !== index);
      save(collection);
    },
    setMultikey(collection, index) {
      index.multikey = true;
      save(collection);
    },
    remove(namespace) {
      void tree.remove(namespace);
      collections.delete(namespace);
    },
    reload,
  };
}

function openIndex({ name, key, unique, id, multikey, building = false }: StoredIndex): Index {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(id);
  const fields = Object.entries(key).map(([path, direction]) => ({ path, descending: direction === -1 }));
  return { name, key, fields, unique, prefix, multikey, building };
}

/** The keys of a document in an index, without the document's own key: one, or one for each element of an array. */
export function indexKeys(index: Index, document: Doc): Buffer[] {
  let keys: Buffer[] = [index.prefix];
  let arrays = 0;
  for (const { path, descending } of index.fields) {
    const value = getPath(document, path);
    if (Array.isArray(value) && ++arrays > 1) {
      throw new MongoError('BadValue', `cannot index parallel arrays in ${index.name}`);
    }
    const values = Array.isArray(value) && value.length > 0 ? value : [Array.isArray(value) ? undefined : value];
    const encoded = values.map((each) => encodeValue(each, descending));
    keys = keys.flatMap((key) => encoded.map((each) => Buffer.concat([key, each])));
  }
  return keys;
}
