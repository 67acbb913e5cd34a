import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import mongoose from 'mongoose';
import pino from 'pino';
import { startEmbeddedMongo } from '../../src/embedded-mongo/server.js';
import { connectDatabase, type Database } from '../../src/models/database.js';
import { createDiskStorage } from '../../src/storage/disk.js';
import type { ObjectStorage } from '../../src/storage/object-storage.js';
import { createSweepStorage } from '../../src/workers/sweep-storage.js';

const log = pino({ level: 'silent' });
/** How long a turn lasts here, in milliseconds: longer than two sweeps of an empty store. */
const TURN_MS = 1_000;
let dataDir: string;
let server: Awaited<ReturnType<typeof startEmbeddedMongo>>;
let database: Database;
let leases: mongoose.Connection;
let storage: ObjectStorage;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'pixelpress-sweep-'));
  server = await startEmbeddedMongo({ dataDir });
  database = await connectDatabase(server.uri, { maxPoolSize: 2 });
  storage = createDiskStorage(join(dataDir, 'objects'));
  leases = await mongoose.createConnection(server.uri).asPromise();
});
afterEach(() => leases.collection('leases').deleteMany({}));
afterAll(async () => {
  await leases.close();
  await database.close();
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A worker of its own on the same database and store, and what it looked through. */
function openWorker({ alone = false, dies = false, slow = false } = {}) {
  const looked: string[] = [];
  const over: ObjectStorage = {
    ...storage,
    list: (prefix) => {
      looked.push(prefix);
      return storage.list(prefix);
    },
    folders: (prefix) => {
      looked.push(prefix);
      if (dies) throw new Error('killed');
      return slow ? slowPages() : storage.folders(prefix);
    },
  };
  return { looked, sweep: createSweepStorage({ database, storage: over, log, uploadTimeoutMs: TURN_MS, alone }) };
}

/** So many that a turn is over before the last of them. */
async function* slowPages() {
  for (let page = 0; page < 4; page++) {
    await pause(TURN_MS / 2);
    yield [];
  }
}

describe('of workers on one database', () => {
  // Marked before: a store without a mark is looked into by whoever marks it.
  beforeEach(() => openWorker({ alone: true }).sweep());

  it('one sweeps the object store, and another when the time of the first has run out', async () => {
    const [first, second] = [openWorker(), openWorker()];
    await first.sweep();
    await second.sweep();
    expect(first.looked).toEqual(['uploads/', 'requests/']);
    expect(second.looked).toEqual([]);
    // The first one is heard of no more.
    await pause(TURN_MS);
    await second.sweep();
    // Its folders have been looked at for today.
    expect(second.looked).toEqual(['uploads/']);
  });

  it('another looks at all folders where one died among them', async () => {
    const [dying, next] = [openWorker({ dies: true }), openWorker()];
    await expect(dying.sweep()).rejects.toThrow('killed');
    await pause(TURN_MS);
    await next.sweep();
    expect(next.looked).toEqual(['uploads/', 'requests/']);
  });

  it('one that takes longer than its turn has it till its end', async () => {
    const [slow, next] = [openWorker({ slow: true }), openWorker()];
    const sweeping = slow.sweep();
    await pause(1.75 * TURN_MS);
    await next.sweep();
    // The uploads were gone through long before.
    expect(next.looked).toEqual(['uploads/']);
    await sweeping;
  });

  it('one that is alone sweeps at each of its starts', async () => {
    for (const each of [openWorker({ alone: true }), openWorker({ alone: true })]) {
      await each.sweep();
      expect(each.looked).toEqual(['uploads/', 'requests/']);
    }
  });
});
