import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import type { ImageId, ProductId, RequestId } from '../../src/domain/ids.js';
import { startEmbeddedMongo } from '../../src/embedded-mongo/server.js';
import { connectDatabase, type Database } from '../../src/models/database.js';
import type { Request } from '../../src/models/request.js';
import { newRequest } from '../support/new-request.js';

/** Of one request; as many stand beside them in other requests. */
const IMAGES = 1_000;
const OTHERS = 20;
const FEW = 5;

const id = randomUUID() as RequestId;
const imageId = (seq: number) => `${id}.i${String(seq).padStart(32, '0')}` as ImageId;
const start = new Date(0);
const now = new Date();
const later = new Date(Date.now() + 60_000);
const info = { key: 'k', bytes: 1, width: 1, height: 1, format: 'jpeg', contentType: 'image/jpeg' };
const result = { original: info, compressed: info, keptOriginal: false, warnings: [] };
const written = (expanded: number) => newRequest(id, { flow: { ...newRequest(id).flow, expanded } });
const error = { code: 'INTERNAL', message: 'x' } as const;

let server: Awaited<ReturnType<typeof startEmbeddedMongo>>;
let database: Database;
let dataDir: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'pixelpress-queries-'));
  server = await startEmbeddedMongo({ dataDir });
  database = await connectDatabase(server.uri, { maxPoolSize: 4 });
  await database.indexesBuilt();
  await database.requests.createRequest(newRequest(id));
  for (let other = 0; other < OTHERS; other++) {
    await database.requests.createRequest(
      newRequest(randomUUID() as RequestId, { owner: 'bob', status: 'COMPLETED', finishedAt: now, expiresAt: now }),
    );
  }
  const beside = randomUUID() as RequestId;
  await database.images.insertMissing(
    Array.from({ length: IMAGES }, (_, seq) => ({ _id: imageId(seq), requestId: id, seq, sourceUrl: 'http://x/' })),
  );
  await database.images.insertMissing(
    Array.from({ length: IMAGES }, (_, seq) => ({
      _id: `${beside}.i${seq}` as ImageId,
      requestId: beside,
      seq,
      sourceUrl: 'http://x/',
    })),
  );
  await database.products.insertMissing(
    Array.from({ length: IMAGES }, (_, row) => ({
      _id: `${id}.r${row}` as ProductId,
      requestId: id,
      row,
      serialNumber: `${row}`,
      name: 'n',
      imageIds: [],
    })),
  );
});
afterAll(async () => {
  await database.close();
  await server.close();
  await mongoose.disconnect();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Every function of the database, in an order in which each finds something to do, and how many documents it may read. */
const CASES: readonly [string, (db: Database) => Promise<unknown>, number][] = [
  ['requests.createRequest', (db) => db.requests.createRequest(newRequest(randomUUID() as RequestId)), 0],
  ['requests.beginRequest', (db) => db.requests.beginRequest(id), 1],
  ['requests.findRequest', (db) => db.requests.findRequest(id), 1],
  ['requests.findRequests', (db) => db.requests.findRequests([id]), 1],
  ['requests.findUpload', (db) => db.requests.findUpload('ann', `id:${id}`), 1],
  ['requests.findExisting', (db) => db.requests.findExisting([id]), 1],
  [
    'requests.page',
    (db) =>
      db.requests.page({ owner: 'bob', status: 'COMPLETED', after: null, before: null, limit: FEW, from: 'newest' }),
    FEW,
  ],
  ['requests.count', (db) => db.requests.count('ann', null), 2],
  ['requests.findOpen', (db) => db.requests.findOpen('', FEW), FEW],
  ['requests.findDeleted', (db) => db.requests.findDeleted(start, later, FEW), FEW],
  ['requests.isDeleted', (db) => db.requests.isDeleted(id), 1],
  ['requests.findExpired', (db) => db.requests.findExpired(start, later, FEW), FEW],
  ['requests.findEnded', (db) => db.requests.findEnded(start, later, FEW), FEW],
  ['requests.findSweepable', (db) => db.requests.findSweepable(later, FEW), FEW],
  ['requests.recordExpanded', (db) => db.requests.recordExpanded(id, IMAGES), 1],
  ['requests.releaseImages', (db) => db.requests.releaseImages(id, 0, FEW, FEW), 1],
  ['requests.countDeferred', (db) => db.requests.countDeferred(id, 1, 1), 1],
  ['requests.countImages', (db) => db.requests.countImages(id, 1, [{ completed: 1 }]), 1],
  ['requests.finishExpansion', (db) => db.requests.finishExpansion(id, IMAGES), 1],
  [
    'images.insertMissing',
    (db) => db.images.insertMissing([{ _id: imageId(0), requestId: id, seq: 0, sourceUrl: 'u' }]),
    0,
  ],
  ['images.findImage', (db) => db.images.findImage(imageId(7)), 1],
  ['images.findImages', (db) => db.images.findImages([imageId(7), imageId(8)]), 2],
  ['images.page', (db) => db.images.page(id, 'PENDING', 500, FEW), FEW],
  ['images.page', (db) => db.images.page(id, null, -1, FEW, IMAGES - FEW), FEW],
  ['images.count', (db) => db.images.count(id, null), 0],
  ['images.findReleasable', (db) => db.images.findReleasable(id, 500, IMAGES, FEW), FEW],
  ['images.findReleased', (db) => db.images.findReleased(id, IMAGES, FEW), FEW],
  ['images.claimImages', (db) => db.images.claimImages([imageId(1)], 'c', later), 2],
  ['images.renewLeases', (db) => db.images.renewLeases(new Map([[imageId(1), 'c']]), later), 1],
  ['images.completeImages', (db) => db.images.completeImages([{ id: imageId(1), claim: 'c', result }]), 1],
  ['images.failImage', (db) => db.images.failImage(imageId(2), 'c', error), 1],
  ['images.deferImage', (db) => db.images.deferImage(imageId(3), 'c', later, true), 1],
  ['images.handBackImage', (db) => db.images.handBackImage(imageId(4), 'c'), 1],
  ['images.failUnended', (db) => db.images.failUnended(imageId(5), error), 1],
  ['images.findDue', (db) => db.images.findDue(later, FEW), FEW],
  ['images.takeUpImage', (db) => db.images.takeUpImage(imageId(3), later), 1],
  ['images.releaseExpired', (db) => db.images.releaseExpired(id, null), 1],
  ['images.reopenFailed', (db) => db.images.reopenFailed(newRequest(id)), 2],
  // A recount asks every image: once by status, and the completed ones for each of two sums.
  ['images.facts', (db) => db.images.facts(written(IMAGES)), IMAGES + 3],
  ['images.flow', async (db) => db.images.flow(id, FEW, await db.images.facts(written(IMAGES))), 2 * IMAGES + 3],
  ['products.insertMissing', (db) => db.products.insertMissing([]), 0],
  ['products.findProduct', (db) => db.products.findProduct(`${id}.r7` as ProductId), 1],
  ['products.page', (db) => db.products.page(id, 500, FEW), FEW],
  ['products.count', (db) => db.products.count(id), 0],
  ['webhooks.claimWebhook', (db) => db.webhooks.claimWebhook(later, later), 1],
  [
    'webhooks.recordWebhook',
    (db) => db.webhooks.recordWebhook(newRequest(id), { status: 'FAILED', lastError: null, nextAttemptAt: null }),
    1,
  ],
  ['webhooks.redeliverWebhook', (db) => db.webhooks.redeliverWebhook(id, later), 1],
  ['leases.takeLease', (db) => db.leases.takeLease('l', 'h', ['h'], later), 1],
  ['leases.dropLease', (db) => db.leases.dropLease('l', 'h'), 1],
  ['settings.settle', (db) => db.settings.settle('s', 'v'), 1],
  ['settings.read', (db) => db.settings.read('s'), 1],
  ['fileWarnings.keep', (db) => db.fileWarnings.keep(id, []), 1],
  ['fileWarnings.find', (db) => db.fileWarnings.find(id), 1],
  ['fileWarnings.remove', (db) => db.fileWarnings.remove([id]), 1],
  ['skippedRows.keep', (db) => db.skippedRows.keep(id, []), 1],
  ['skippedRows.find', (db) => db.skippedRows.find(id), 1],
  ['skippedRows.remove', (db) => db.skippedRows.remove([id]), 1],
  [
    'requests.recount',
    async (db) =>
      db.requests.recount((await db.requests.findRequest(id)) as Request, await db.images.facts(written(IMAGES)), {
        inFlight: 0,
        deferred: 0,
      }),
    IMAGES + 5,
  ],
  ['requests.cancelRequest', (db) => db.requests.cancelRequest(id), 1],
  ['images.deletePending', (db) => db.images.deletePending(written(IMAGES)), 0],
  // It reads a hundred first, to name those that it cancels.
  ['images.cancelPending', (db) => db.images.cancelPending(written(IMAGES)), IMAGES + 100],
  [
    'requests.finishRequest',
    async (db) =>
      db.requests.finishRequest((await db.requests.findRequest(id)) as Request, {
        status: 'CANCELLED',
        outputKey: null,
        error: null,
        sweepAt: later,
      }),
    2,
  ],
  ['requests.finishSweep', (db) => db.requests.finishSweep(id, later), 1],
  // It reads first, and guards the write by what it read.
  ['requests.reopenRequest', (db) => db.requests.reopenRequest(id), 2],
  ['requests.finishReopening', (db) => db.requests.finishReopening(newRequest(id, { retries: 1 })), 1],
  ['requests.markDeleted', (db) => db.requests.markDeleted(id), 1],
  ['requests.expireRequest', (db) => db.requests.expireRequest(newRequest(id)), 1],
  ['requests.removeDeleted', (db) => db.requests.removeDeleted(id, later), 1],
  ['images.deleteOfRequest', (db) => db.images.deleteOfRequest(id), IMAGES],
  ['products.deleteOfRequest', (db) => db.products.deleteOfRequest(id), IMAGES],
];

it.each(CASES)('%s reads no documents but those that it is about', async (_, call, most) => {
  const before = server.stats().documentsScanned;
  await call(database);
  expect(server.stats().documentsScanned - before).toBeLessThanOrEqual(most);
});

it('requests that are asked for at once are read together, however many they are', async () => {
  const ids = Array.from({ length: 20 }, () => randomUUID() as RequestId);
  for (const each of ids) await database.requests.createRequest(newRequest(each));
  const before = server.stats().commands['find'] ?? 0;
  const found = await Promise.all([...ids, randomUUID() as RequestId].map(database.requests.findRequest));
  expect(found.map((request) => request?._id)).toEqual([...ids, undefined]);
  expect((server.stats().commands['find'] ?? 0) - before).toBeLessThanOrEqual(2);
});

it('every function of the database is among them', () => {
  const functions = Object.entries(database).flatMap(([store, calls]) =>
    typeof calls === 'object' ? Object.keys(calls).map((name) => `${store}.${name}`) : [],
  );
  expect(new Set(functions)).toEqual(new Set(CASES.map(([name]) => name)));
});
