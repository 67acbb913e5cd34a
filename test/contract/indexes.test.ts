import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open as openLmdb } from 'lmdb';
import mongoose from 'mongoose';
import { startEmbeddedMongo } from '../../src/embedded-mongo/server.js';
import { createStore } from '../../src/embedded-mongo/store.js';
import { connectDatabase } from '../../src/models/database.js';

const DOCUMENTS = 4_000;
const WANTED = DOCUMENTS / 4;

const documents = () => Array.from({ length: DOCUMENTS }, (_, seq) => ({ kind: seq % 4, seq }));

async function open(dataDir: string) {
  const server = await startEmbeddedMongo({ dataDir });
  const connection = await mongoose.createConnection(server.uri, { maxPoolSize: 4 }).asPromise();
  const close = async () => {
    await connection.close();
    await server.close();
  };
  return { server, connection, things: connection.collection('things'), close };
}

describe('indexes of a collection that is there already', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'pixelpress-indexes-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('are built while it is read and written, and no query goes by one that is not whole', async () => {
    const { server, things, close } = await open(dataDir);
    await things.insertMany(documents());
    const building = things.createIndex({ kind: 1, seq: 1 });
    expect(await things.find({ kind: 1 }).toArray()).toHaveLength(WANTED);
    await things.insertOne({ kind: 1, seq: DOCUMENTS });
    await building;
    const before = server.stats().documentsScanned;
    expect(await things.find({ kind: 1 }).toArray()).toHaveLength(WANTED + 1);
    expect(server.stats().documentsScanned - before).toBe(WANTED + 1);
    await close();
  });

  it('are gone on with where the process died while one was built', async () => {
    const first = await open(dataDir);
    await first.things.insertMany(documents());
    await first.close();
    // What a kill leaves: the index is entered, and none of the documents is in it.
    const root = openLmdb({ path: join(dataDir, 'lmdb'), keyEncoding: 'binary', maxDbs: 8 });
    const { catalog, write } = createStore(root);
    const collection = catalog.find('pixelpress.things');
    if (!collection) throw new Error('no collection');
    await write(() => void catalog.addIndex(collection, 'kind_1_seq_1', { kind: 1, seq: 1 }, false));
    await root.close();

    const { server, things, close } = await open(dataDir);
    expect(await things.find({ kind: 1 }).toArray()).toHaveLength(WANTED);
    await things.createIndex({ kind: 1, seq: 1 });
    const before = server.stats().documentsScanned;
    expect(await things.find({ kind: 1 }).toArray()).toHaveLength(WANTED);
    expect(server.stats().documentsScanned - before).toBe(WANTED);
    await close();
  });

  it('of an older version go when no query needs them, and those that an operator made stay', async () => {
    const older = await open(dataDir);
    await older.connection.collection('requests').createIndex({ deletedAt: 1 });
    await older.connection.collection('requests').createIndex({ fileName: 1 });
    const database = await connectDatabase(older.server.uri, { maxPoolSize: 2 });
    await database.indexesBuilt();
    const names = (await older.connection.collection('requests').indexes()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['fileName_1', 'deletedAt_1_finishedAt_1', 'owner_1_uploadKey_1']));
    expect(names).not.toContain('deletedAt_1');
    await database.close();
    await older.close();
  });
});
