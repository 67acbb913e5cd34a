// What a number of images a day needs, and what ends first: a calculation from the figures of docs/scaling.md, not a
// measurement. Every figure is an option:
//   node bench/capacity.js [--images 1000000,100000000] [--peak 3] [--cores 4] …
import { parseArgs } from 'node:util';

/** Each as docs/scaling.md says where it comes from. */
const FIGURES = {
  peak: 3,
  use: 0.6,
  processMs: 29,
  serviceMs: 2.1,
  cores: 4,
  partitions: 24,
  partitionsPerWorker: 4,
  rowsPerSecond: 130_000,
  kbIn: 245,
  kbOut: 147,
  recordBytes: 1_032,
  days: 30,
  writesPerImage: 2.2,
  shardWrites: 5_000,
  prefixWrites: 3_500,
  fetchPerHost: 8,
  window: 256,
  placesPerCore: 12,
  imageSeconds: 1,
};
const OBJECTS_PER_IMAGE = 2;
/** One may fail. */
const LEAST_PROCESSES = 2;
const SECONDS_A_DAY = 86_400;
const BITS = 8;

const figures = Object.entries(FIGURES);
const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '1000000,100000000' },
    ...Object.fromEntries(figures.map(([name, value]) => [name, { type: 'string', default: String(value) }])),
  },
});
const given = Object.fromEntries(figures.map(([name]) => [name, positive(name, values[name])]));
const days = values.images.split(',').map((text) => positive('images', text));

function positive(name, text) {
  const value = Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    console.error(`--${name} is a number above 0, not “${text}”.`);
    process.exit(1);
  }
  return value;
}

/** Images a second that the cores of one worker make, used as far as they shall be, or the one thread of its service. */
function coresRate({ use, cores, processMs, serviceMs }) {
  return use * Math.min((1_000 * cores) / (processMs + serviceMs), 1_000 / serviceMs);
}

/** Images that one worker has in hand at once (WORKER_CONCURRENCY). */
function places({ cores, placesPerCore }) {
  return cores * placesPerCore;
}

/** Images a second of one worker: no more of them than it has in hand, each for its time. */
function workerRate(f) {
  return Math.min(coresRate(f), places(f) / f.imageSeconds);
}

function needs(images, f) {
  const mean = images / SECONDS_A_DAY;
  const peak = mean * f.peak;
  const workers = Math.max(LEAST_PROCESSES, Math.ceil(peak / workerRate(f)));
  const partitions = Math.ceil((workers * f.partitionsPerWorker) / f.partitions) * f.partitions;
  const storedKb = f.kbIn + f.kbOut;
  return {
    'images a day': whole(images),
    'images a second: mean, peak': `${whole(mean)}, ${whole(peak)}`,
    'cores at work at the peak': short((peak * (f.processMs + f.serviceMs)) / 1_000),
    [`workers of ${f.cores} cores`]: whole(workers),
    'event loop of a worker’s service, at the peak': `${whole(((peak / workers) * f.serviceMs) / 10)} %`,
    'partitions of `images`': whole(partitions),
    'api processes for uploads alone': whole(Math.max(LEAST_PROCESSES, Math.ceil(peak / (f.rowsPerSecond * f.use)))),
    'connections that one host may see': whole(workers * f.fetchPerHost),
    'fetched at the peak': bits(peak * f.kbIn),
    'stored at the peak': bits(peak * storedKb),
    'objects written a second, at the peak': whole(peak * OBJECTS_PER_IMAGE),
    'parts that S3 splits the prefix into': whole(Math.ceil((peak * OBJECTS_PER_IMAGE) / f.prefixWrites)),
    [`objects after ${f.days} days`]: `${whole((images * f.days * OBJECTS_PER_IMAGE) / 1e6)} million, ${bytes(images * f.days * storedKb * 1e3)}`,
    [`records after ${f.days} days, as BSON, without indexes`]: bytes(images * f.days * f.recordBytes),
    'guarded writes a second, at the peak': whole(peak * f.writesPerImage),
    'shards for them': whole(Math.ceil((peak * f.writesPerImage) / f.shardWrites)),
  };
}

/** Images a second at which each thing is at its end, least first. */
function limits(f) {
  const rate = workerRate(f);
  return [
    [`the places of one worker: ${places(f)} images, each for ${f.imageSeconds} s`, places(f) / f.imageSeconds],
    [`the cores of one worker: ${f.cores}, used to ${f.use}`, coresRate(f)],
    ['the event loop of one worker, however many cores', (f.use * 1_000) / f.serviceMs],
    [
      `one host, by one worker: ${f.fetchPerHost} images, each for ${f.imageSeconds} s`,
      f.fetchPerHost / f.imageSeconds,
    ],
    [`one request: ${f.window} images on the bus, each for ${f.imageSeconds} s`, f.window / f.imageSeconds],
    [`${f.partitions} partitions, a worker of ${f.cores} cores on each`, f.partitions * rate],
    ['one primary of MongoDB', f.shardWrites / f.writesPerImage],
    ['one part of the prefix in S3', f.prefixWrites / OBJECTS_PER_IMAGE],
    ['intake of one api process', f.rowsPerSecond * f.use],
  ].sort(([, a], [, b]) => a - b);
}

function whole(value) {
  return Math.round(value).toLocaleString('en');
}

function short(value) {
  return value < 10 ? value.toFixed(1) : whole(value);
}

function bits(kilobytes) {
  const megabits = (kilobytes * BITS) / 1e3;
  return megabits < 1e3 ? `${whole(megabits)} Mbit/s` : `${short(megabits / 1e3)} Gbit/s`;
}

function bytes(value) {
  return value < 1e12 ? `${whole(value / 1e9)} GB` : `${short(value / 1e12)} TB`;
}

function print(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [header, ...rest] = rows.map(line);
  console.log([header, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest].join('\n'));
}

const columns = days.map((images) => needs(images, given));
print(Object.keys(columns[0]).map((name) => [name, ...columns.map((column) => column[name])]));
console.log();
print([
  ['at its end', 'images a second', 'images a day with such a peak'],
  ...limits(given).map(([what, rate]) => [
    what,
    whole(rate),
    `${short((rate * SECONDS_A_DAY) / given.peak / 1e6)} million`,
  ]),
]);
