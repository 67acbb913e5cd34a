// Rows a second of intake (read, check, hash) against the bare parser over the same file, and the memory it takes.
//   npm run build && node bench/intake.js [rows]
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { readUpload } from '../dist/requests/read-upload.js';
import { createDiskStorage } from '../dist/storage/disk.js';

const ROWS = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = 3;
const LIMITS = { maxFileBytes: 1e9, maxRows: 1e7, maxImagesPerRow: 100 };

const folder = mkdtempSync(join(tmpdir(), 'pixelpress-bench-'));
const file = join(folder, 'products.csv');

function* lines() {
  yield 'S. No.,Product Name,Input Image Urls\n';
  for (let row = 1; row <= ROWS; row++) yield `${row},Product ${row},https://shop.example/images/${row}/front.jpg\n`;
}

async function bare() {
  let rows = 0;
  const onRecord = () => {
    rows++;
    return null;
  };
  await pipeline(createReadStream(file), parse({ on_record: onRecord }).resume());
  return rows - 1;
}

async function intake() {
  const { check } = await readUpload({ fileName: 'products.csv', stream: createReadStream(file) }, LIMITS, {
    storage: createDiskStorage(join(folder, 'objects')),
    key: 'requests/bench/input.csv',
  });
  return check.rows;
}

async function timed(work) {
  const started = process.hrtime.bigint();
  const rows = await work();
  if (rows !== ROWS) throw new Error(`${rows} rows where there are ${ROWS}`);
  return ROWS / (Number(process.hrtime.bigint() - started) / 1e9);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

await pipeline(Readable.from(lines()), createWriteStream(file));
const idle = process.memoryUsage.rss();
let peak = idle;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20);
const results = { intake: [], bare: [] };
results.intake.push(await timed(intake));
const above = peak - idle;
for (let round = 0; round < ROUNDS; round++) {
  results.bare.push(await timed(bare));
  if (round < ROUNDS - 1) results.intake.push(await timed(intake));
}
clearInterval(watch);
rmSync(folder, { recursive: true });
const [ours, theirs] = [median(results.intake), median(results.bare)];
console.table({
  'bare parser, rows/s': Math.round(theirs),
  'intake (read, check, hash, store), rows/s': Math.round(ours),
  'ratio (at least 0.5)': (ours / theirs).toFixed(2),
  'peak memory above idle, MB (at most 200)': Math.round(above / 1e6),
});
