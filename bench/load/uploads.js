// So many uploads of 1 MB at once, against the same one after the other: how long until each is answered, memory above
// idle, the event loop. Each is a request of its own, whose work begins at once; its images are of a host that hangs.
//   npm run build && node bench/load/uploads.js [uploads]
import { startOrigin } from '../start-origin.js';
import { startService } from '../start-service.js';
import { uploadCsv } from './upload.js';
import { watchService } from './watch-service.js';

const UPLOADS = Number(process.argv[2] ?? 200);
/** One after the other: enough to tell. */
const IN_A_ROW = Math.ceil(UPLOADS / 10);
const BYTES = 1024 * 1024;

const origin = await startOrigin(1, () => undefined);
const [host] = origin.hosts;
const lines = ['No,Name,Images\n'];
for (let row = 1, bytes = 0; bytes < BYTES; row++)
  bytes += lines[lines.push(`${row},Product ${row},${host}/${row}.jpg\n`) - 1].length;
const csv = new Blob([lines.join('')]);

async function measure(uploads, atOnce) {
  const service = await startService();
  const watch = await watchService(service);
  const times = [];
  const one = async () => {
    const began = performance.now();
    await uploadCsv(service.url, csv);
    times.push(performance.now() - began);
  };
  const began = performance.now();
  if (atOnce) await Promise.all(Array.from({ length: uploads }, one));
  else for (let upload = 0; upload < uploads; upload++) await one();
  const seconds = (performance.now() - began) / 1_000;
  const watched = await watch.stop();
  await service.stop();
  times.sort((a, b) => a - b);
  return {
    uploads,
    perSecond: uploads / seconds,
    median: times[Math.floor(uploads / 2)],
    most: times.at(-1),
    ...watched,
  };
}

const shown = ({ uploads, perSecond, median, most, own, lag }) => ({
  uploads,
  'uploads/s': perSecond.toFixed(1),
  'answered after, s: median': (median / 1_000).toFixed(2),
  longest: (most / 1_000).toFixed(2),
  'memory above idle, MB': Math.round(own),
  'event loop, worst p99, ms': lag.toFixed(0),
});
const inARow = await measure(IN_A_ROW, false);
const atOnce = await measure(UPLOADS, true);
console.table({ 'one after the other': shown(inARow), 'at once': shown(atOnce) });
console.log(`uploads a second, at once/one after the other: ${(atOnce.perSecond / inARow.perSecond).toFixed(2)}`);
origin.close();
