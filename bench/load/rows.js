// A CSV of so many rows over three hosts, images of 2 KB, from the upload to the output CSV, after one of 10,000: memory
// above idle, time and CPU of an image, the event loop. A million rows take an hour on two cores:
//   npm run build && node bench/load/rows.js [rows] [rows of the small one]
import { setTimeout as pause } from 'node:timers/promises';
import { startOrigin } from '../start-origin.js';
import { startService } from '../start-service.js';
import { memoryOf } from './memory-of.js';
import { smallImage } from './small-image.js';
import { uploadCsv } from './upload.js';
import { watchService } from './watch-service.js';

const LARGE = Number(process.argv[2] ?? 1_000_000);
const SMALL = Number(process.argv[3] ?? 10_000);
const HOSTS = 3;
const WARM_UP = 1_000;
const LOOK_EVERY_MS = 500;
const SHOWN_EVERY_MS = 60_000;

const image = await smallImage();
const origin = await startOrigin(HOSTS, (_request, response) => {
  response.writeHead(200, { 'content-type': 'image/jpeg' }).end(image);
});
const service = await startService();

async function linesOf(url) {
  let lines = 0;
  for await (const chunk of (await fetch(url)).body) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  }
  return lines;
}

async function ended(id, rows) {
  for (let shown = performance.now(); ; await pause(LOOK_EVERY_MS)) {
    const { status, counts, outputCsvUrl } = await (await fetch(`${service.url}/api/status/${id}`)).json();
    if (performance.now() - shown > SHOWN_EVERY_MS) {
      const { own, mapped } = memoryOf(service.pid);
      console.error(`${counts.completed} of ${rows}; ${Math.round(own)} MB, ${Math.round(mapped)} MB mapped`);
      shown = performance.now();
    }
    if (status === 'processing' || status === 'pending') continue;
    if (counts.completed !== rows) throw new Error(JSON.stringify({ status, counts }));
    return linesOf(outputCsvUrl);
  }
}

async function measure(rows, idle) {
  const lines = ['No,Name,Images\n'];
  for (let row = 1; row <= rows; row++) lines.push(`${row},Product ${row},${origin.hosts[row % HOSTS]}/${row}.jpg\n`);
  const csv = new Blob([lines.join('')]);
  const watch = await watchService(service, idle);
  const began = performance.now();
  const id = await uploadCsv(service.url, csv);
  const uploaded = performance.now();
  if ((await ended(id, rows)) !== rows + 1) throw new Error('the output CSV has another number of rows');
  const done = performance.now();
  return { rows, uploadMs: uploaded - began, imageMs: (done - uploaded) / rows, ...(await watch.stop()) };
}

// What the service is without work, once it has compiled what it does.
await measure(WARM_UP);
await pause(LOOK_EVERY_MS);
const idle = memoryOf(service.pid);
const results = [await measure(SMALL, idle), await measure(LARGE, idle)];
console.table(
  results.map(({ rows, uploadMs, imageMs, cpuMs, own, mapped, lag }) => ({
    rows,
    'upload, s': (uploadMs / 1_000).toFixed(1),
    'ms an image': imageMs.toFixed(2),
    'ms of CPU an image': (cpuMs / rows).toFixed(2),
    'memory above idle, MB (at most 400)': Math.round(own),
    'mapped, MB': Math.round(mapped),
    'event loop, worst p99, ms (below 100)': lag.toFixed(0),
  })),
);
console.log(`time an image, large/small (at most 1.2): ${(results[1].imageMs / results[0].imageMs).toFixed(2)}`);
await service.stop();
origin.close();
