import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { RequestId } from '../../src/domain/ids.js';
import { parseOptions } from '../../src/domain/parse-options.js';
import { NO_TRACING } from '../../src/domain/tracing.js';
import { startEmbeddedMongo } from '../../src/embedded-mongo/server.js';
import { HostBusyError } from '../../src/images/host-gate.js';
import { createInProcessPubSub, createInProcessWorkQueue } from '../../src/messaging/in-process.js';
import { createProgressPublisher } from '../../src/messaging/progress-publisher.js';
import { connectDatabase, type Database } from '../../src/models/database.js';
import { createPrometheus } from '../../src/observation/prometheus.js';
import { createRequests } from '../../src/requests/requests.js';
import { createDiskStorage } from '../../src/storage/disk.js';
import type { MakeImage } from '../../src/workers/make-image.js';
import { createRecount } from '../../src/workers/recount.js';
import { createRequestCache } from '../../src/workers/request-cache.js';
import { startWorkers } from '../../src/workers/workers.js';
import { TABLE_LIMITS } from '../support/read-table.js';
import { waitFor } from '../support/wait-for.js';

const IMAGES = 200;
/** What an image takes, in milliseconds. */
const WORK_MS = 20;
/** Recounts; without what the test is for there is one for each image. */
const MANY = 20;
const log = { debug() {}, info() {}, warn() {}, error() {} };

/** Two workers on one database, as two processes are, each with what it knows of a request; recounts are counted. */
async function start() {
  let makeImage: MakeImage;
  const folder = mkdtempSync(join(tmpdir(), 'pixelpress-recount-'));
  const mongo = await startEmbeddedMongo({ dataDir: join(folder, 'database'), hasRoom: async () => true });
  const database = await connectDatabase(mongo.uri, { maxPoolSize: 16 });
  let recounts = 0;
  const counted: Database = {
    ...database,
    requests: {
      ...database.requests,
      recount: (...given) => {
        recounts++;
        return database.requests.recount(...given);
      },
    },
  };
  const { metrics } = createPrometheus({ version: '0', role: 'worker' });
  const telemetry = { log, metrics, tracing: NO_TRACING };
  const queue = createInProcessWorkQueue(telemetry);
  const pubSub = createInProcessPubSub(log);
  const progress = createProgressPublisher(pubSub, log);
  const storage = createDiskStorage(join(folder, 'objects'), async () => true);
  const deps = { database: counted, storage, queue, pubSub, progress, limits: TABLE_LIMITS, ...telemetry };
  const options = {
    ...deps,
    makeImage: (...given: Parameters<MakeImage>) => makeImage(...given),
    concurrency: 4,
    alone: false,
    reconcileEveryMs: 600_000,
    uploadTimeoutMs: 60_000,
    objectUrl: String,
    guard: null,
    secrets: [],
    retentionMs: null,
    userAgent: 'test',
    present: () => ({}),
  } as never;
  const workers = [await startWorkers(options), await startWorkers(options)];
  const requests = await createRequests(deps as never);
  return {
    database,
    recounts: () => recounts,
    async upload(make: MakeImage) {
      makeImage = make;
      recounts = 0;
      const rows = Array.from({ length: IMAGES }, (_, row) => `${row},P,http://x.example/${row}.jpg`);
      const stream = Readable.from([Buffer.from(['No,Name,Images', ...rows].join('\n'))]);
      const settings = { options: parseOptions({}), expiresAt: null };
      const file = { fileName: 'r.csv', stream, idempotencyKey: null };
      const { request } = await requests.uploadCsv('anyone', file, settings);
      if (!request) throw new Error('no request');
      return request;
    },
    /** As another process that finds the counts behind. */
    recount: (id: RequestId) => createRecount({ database, cache: createRequestCache(database) })(id),
    async close() {
      await Promise.all(workers.map((each) => each.close()));
      await queue.close();
      await progress.close();
      await database.close();
      await mongo.close();
      rmSync(folder, { recursive: true });
    },
  };
}

let running: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  running = await start();
});
afterAll(() => running.close());

it('after a recount, two workers do not refuse each other’s counts for ever', async () => {
  let made = 0;
  const stored = { bytes: 1, width: 1, height: 1, format: 'jpeg', contentType: 'image/jpeg' } as const;
  const { _id } = await running.upload(async ({ image }) => {
    made++;
    await pause(WORK_MS);
    const [original, compressed] = ['original', 'compressed'].map((role) => ({
      ...stored,
      key: `${image._id}/${role}`,
    }));
    return { result: { original, compressed, keptOriginal: false, warnings: [] }, discard: async () => {} } as never;
  });
  await waitFor('some images', () => made > 20);
  await running.recount(_id);
  const ended = await waitFor('the end', async () => {
    const request = await running.database.requests.findRequest(_id);
    return request?.status === 'COMPLETED' ? request : null;
  });
  expect(ended.counts).toMatchObject({ total: IMAGES, completed: IMAGES });
  expect(running.recounts()).toBeLessThan(MANY);
}, 60_000);

it('after a recount, images that are put back one after the other lead to no recount each', async () => {
  let begun = 0;
  const { _id } = await running.upload(async () => {
    begun++;
    await pause(WORK_MS);
    throw new HostBusyError('x.example');
  });
  await waitFor('some images', () => begun > 20);
  await running.recount(_id);
  await waitFor('all to be put back', () => begun >= IMAGES);
  expect(running.recounts()).toBeLessThan(MANY);
}, 60_000);
