// What one image costs without fetch and sharp (database, bus, events), in ms of CPU, in a small and a large request.
//   npm run build && node bench/bookkeeping.js [small] [large]
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
  made = 0;
  const from = size > MEASURED + WARM_UP ? size - MEASURED : 0;
  const begun = new Promise((resolve) => {
    reached = (count) => count >= Math.max(1, from) && resolve(process.cpuUsage());
  });
  const settings = { options: parseOptions({}), idempotencyKey: null };
  const { request } = await requests.uploadCsv(
    'bench',
    { fileName: 'b.csv', stream: Readable.from(lines()) },
    settings,
  );
  const events = requests.watchRequest('bench', request._id);
  let last;
  let at = { completed: 0 };
  const started = begun.then((usage) => usage);
  for await (const event of events) {
    last = event.request;
    // Measured after the file is expanded, so that both sizes measure the same thing.
    if (last.counts.total !== null && at.usage === undefined && last.counts.completed >= from) {
      at = { completed: last.counts.completed, usage: process.cpuUsage() };
    }
    if (at.usage && last.counts.completed - at.completed >= MEASURED) break;
  }
  await started;
  const { user, system } = process.cpuUsage(at.usage);
  const images = last.counts.completed - at.completed;
  if (last.status === 'PROCESSING') await requests.cancelRequest('bench', request._id);
  return { images, ms: (user + system) / 1000 / images };
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
