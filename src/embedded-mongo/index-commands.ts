import type { Collection, Index } from './catalog.js';
import { type Command, type CommandContext, docOf, namespaceOf } from './command.js';
import type { Doc } from './documents.js';
import { MongoError } from './mongo-error.js';
import { find } from './scan.js';

/** Documents indexed in one transaction while an index is built. */
const BUILD_BATCH = 200;

/** Collections and indexes. */
export const indexCommands: Readonly<Record<string, Command>> = {
  async create(command, { store }) {
    await store.write(() => void store.catalog.findOrCreate(namespaceOf(command, 'create')));
    return { ok: 1 };
  },
  async createIndexes(command, context) {
    const namespace = namespaceOf(command, 'createIndexes');
    const { catalog } = context.store;
    const collection = await context.store.write(() => catalog.findOrCreate(namespace));
    const before = collection.indexes.length;
    for (const wanted of command['indexes'] as Doc[]) await createIndex(context, collection, wanted);
    return { numIndexesBefore: before, numIndexesAfter: collection.indexes.length, ok: 1 };
  },
  async dropIndexes(command, context) {
    const collection = existing(context, namespaceOf(command, 'dropIndexes'));
    const name = command['index'];
    const dropped = collection.indexes.slice(1).filter((index) => name === '*' || index.name === name);
    if (dropped.length === 0 && name !== '*') throw new MongoError('IndexNotFound', `index not found: ${String(name)}`);
    for (const index of dropped) await dropIndex(context, collection, index);
    return { ok: 1 };
  },
  async listIndexes(command, context) {
    const namespace = namespaceOf(command, 'listIndexes');
    const { indexes } = existing(context, namespace);
    const described = indexes.map(({ name, key, unique }) => {
      return { v: 2, key, name, ...(unique && name !== '_id_' && { unique }) };
    });
    return { cursor: { firstBatch: described, id: 0n, ns: namespace }, ok: 1 };
  },
  async listCollections(command, { store }) {
    const database = String(command['$db']);
    const firstBatch = store.catalog.list(database).map(({ namespace }) => {
      return { name: namespace.slice(database.length + 1), type: 'collection', options: {} };
    });
    return { cursor: { firstBatch, id: 0n, ns: `${database}.$cmd.listCollections` }, ok: 1 };
  },
  async drop(command, context) {
    await dropCollection(context, existing(context, namespaceOf(command, 'drop')));
    return { ok: 1 };
  },
  async dropDatabase(command, context) {
    const database = String(command['$db']);
    for (const collection of context.store.catalog.list(database)) await dropCollection(context, collection);
    return { dropped: database, ok: 1 };
  },
};

function existing({ store }: CommandContext, namespace: string): Collection {
  const collection = store.catalog.find(namespace);
  if (!collection) throw new MongoError('NamespaceNotFound', `ns not found: ${namespace}`);
  return collection;
}

/** Entered first and filled after, so that what is written meanwhile is in it. */
async function createIndex({ store, stats }: CommandContext, collection: Collection, wanted: Doc): Promise<void> {
  const key = docOf(wanted['key']) as Record<string, 1 | -1>;
  if (Object.values(key).some((direction) => direction !== 1 && direction !== -1)) {
    throw new MongoError('BadValue', 'indexes are ascending (1) or descending (-1)');
  }
  const name = String(wanted['name'] ?? Object.entries(key).flat().join('_'));
  const isUnique = wanted['unique'] === true;
  const known = collection.indexes.find((index) => index.name === name);
  if (known && (JSON.stringify(known.key) !== JSON.stringify(key) || known.unique !== isUnique)) {
    throw new MongoError('IndexKeySpecsConflict', `an index named ${name} exists with another key or option`);
  }
  if (known && !known.building) return;
  if (!known && collection.indexes.some((index) => JSON.stringify(index.key) === JSON.stringify(key))) return;
  // One that is known and not finished was broken off by the end of its process.
  const index = known ?? (await store.write(() => store.catalog.addIndex(collection, name, key, isUnique)));
  let batch: Buffer[] = [];
  const flush = async () => {
    const keys = batch;
    batch = [];
    await store.write(() => {
      for (const each of keys) {
        const document = store.read(each);
        if (document) store.putEntries(index, collection, each, document);
      }
    });
  };
  for await (const found of find(
    store,
    { ...collection, indexes: collection.indexes.slice(0, 1) },
    { filter: {} },
    stats,
  )) {
    batch.push(found.key);
    if (batch.length === BUILD_BATCH) await flush();
  }
  await flush();
  await store.write(() => store.catalog.finishIndex(collection, name));
}

async function dropIndex({ store }: CommandContext, collection: Collection, index: Index): Promise<void> {
  await store.write(() => store.catalog.removeIndex(collection, index));
  await removeRange(store, store.entries, index.prefix);
}

async function dropCollection({ store }: CommandContext, collection: Collection): Promise<void> {
  await store.write(() => store.catalog.remove(collection.namespace));
  for (const [position, index] of collection.indexes.entries()) {
    await removeRange(store, position === 0 ? store.documents : store.entries, index.prefix);
  }
}

async function removeRange(store: CommandContext['store'], tree: CommandContext['store']['documents'], prefix: Buffer) {
  const end = Buffer.from(prefix);
  end.writeUInt32BE(prefix.readUInt32BE() + 1);
  for (let keys: Buffer[] = []; ; ) {
    keys = [...tree.getKeys({ start: prefix, end, limit: BUILD_BATCH })].map((key) => Buffer.from(key));
    if (keys.length === 0) return;
    await store.write(() => {
      for (const key of keys) void tree.remove(key);
    });
  }
}
