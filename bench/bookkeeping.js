// What one image costs without fetch and sharp (database, bus, events), in ms of CPU, in a small and a large request.
//   npm run build && node bench/bookkeeping.js [small] [large] [measured]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseOptions } from '../dist/domain/parse-options.js';
import { NO_TRACING } from '../dist/domain/tracing.js';
import { startEmbeddedMongo } from '../dist/embedded-mongo/server.js';
import { createInProcessPubSub, createInProcessWorkQueue } from '../dist/messaging/in-process.js';
import { createProgressPublisher } from '../dist/messaging/progress-publisher.js';
import { connectDatabase } from '../dist/models/database.js';
import { createPrometheus } from '../dist/observation/prometheus.js';
import { createRequests } from '../dist/requests/requests.js';
import { createDiskStorage } from '../dist/storage/disk.js';
import { startWorkers } from '../dist/workers/workers.js';

const SIZES = [Number(process.argv[2] ?? 1_000), Number(process.argv[3] ?? 100_000)];
/** Images that are measured of each size; the rest stands beside them. */
const MEASURED = Number(process.argv[4] ?? 4_000);
const WARM_UP = 2_000;

const log = { debug() {}, info() {}, warn: console.warn, error: console.error };
const telemetry = {
  log,
  tracing: NO_TRACING,
  metrics: createPrometheus({ version: 'bench', role: 'all' }).metrics,
};
const limits = {
  maxFileBytes: 1e9,
  maxRows: 1e7,
  maxImagesPerRow: 100,
  maxImageBytes: 1e9,
  maxImagePixels: 1e9,
  fetchTimeoutMs: 1e4,
  fetchPerHost: 64,
};
const folder = mkdtempSync(join(tmpdir(), 'pixelpress-bench-'));
const mongo = await startEmbeddedMongo({ dataDir: join(folder, 'database') });
const database = await connectDatabase(mongo.uri, { maxPoolSize: 24 });
const storage = createDiskStorage(join(folder, 'objects'));
const queue = createInProcessWorkQueue(telemetry);
const pubSub = createInProcessPubSub(log);
const progress = createProgressPublisher(pubSub, log);
const deps = { database, storage, queue, pubSub, progress, limits, ...telemetry };
const requests = await createRequests(deps);
const info = { width: 1, height: 1, format: 'jpeg', contentType: 'image/jpeg' };

let made = 0;
let reached = () => undefined;
const workers = await startWorkers({
  ...deps,
  makeImage: async ({ image, claim }) => {
    reached(++made);
    const stored = (role, bytes) => ({ key: `${image._id}/${role}-${claim}.jpg`, bytes, ...info });
    const result = {
      original: stored('original', 16),
      compressed: stored('compressed', 15),
      keptOriginal: false,
      warnings: [],
    };
    return { result, discard: async () => undefined };
  },
  concurrency: 8,
  alone: true,
  reconcileEveryMs: 60_000,
  uploadTimeoutMs: 60_000,
  retentionMs: null,
  objectUrl: String,
  guard: null,
  secrets: [],
  userAgent: 'bench',
  present: () => ({}),
});

async function measure(size) {
  function* lines() {
    yield Buffer.from('No,Name,Images\n');
    for (let row = 1; row <= size; row++) yield Buffer.from(`${row},P,https://shop.example/${size}/${row}.jpg\n`);
  }
  // Past the expansion of a large file, and short of the end, which writes the output of all of them.
  const measured = Math.min(MEASURED, size / 4);
  const from = size - 2 * measured;
  let begun;
  let ended;
  made = 0;
  reached = (count) => {
    if (count === from) begun = process.cpuUsage();
    if (count === from + measured) ended = process.cpuUsage(begun);
  };
  const file = { fileName: 'b.csv', stream: Readable.from(lines()), idempotencyKey: null };
  const { request } = await requests.uploadCsv('bench', file, { options: parseOptions({}) });
  for await (const { request: seen } of requests.watchRequest('bench', request._id)) {
    if (made >= from && seen.counts.total === null) throw new Error('the file is still being expanded');
  }
  return { images: measured, ms: (ended.user + ended.system) / 1000 / measured };
}

await measure(WARM_UP);
const results = [];
for (const size of SIZES) results.push({ size, ...(await measure(size)) });
console.table(
  results.map(({ size, images, ms }) => ({
    'images in the request': size,
    measured: images,
    'ms of CPU an image': ms.toFixed(2),
  })),
);
console.log(`ratio large/small (at most 1.3): ${(results[1].ms / results[0].ms).toFixed(2)}`);
await workers.close();
await progress.close();
await database.close();
await mongo.close();
rmSync(folder, { recursive: true });
process.exit(0);
