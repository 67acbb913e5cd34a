// How long a small request takes beside a large one that came before it, and what a host that hangs costs the images of
// other hosts: on the engines of the environment, embedded if none are named.
//   npm run build && node bench/fairness.js [images of the large request]
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createApp } from '../dist/app.js';
import { readConfig } from '../dist/config.js';
import { parseOptions } from '../dist/domain/parse-options.js';
import { photographs } from './photographs.js';

const LARGE = Number(process.argv[2] ?? 20_000);
const SMALL = 10;
const ROUNDS = 5;
const BESIDE_HANGING = 100;

const pictures = await photographs();
const answer = (request, response) => {
  if (request.url.startsWith('/hang')) return;
  const index = Number(/\d+/.exec(request.url)?.[0] ?? 0);
  response.writeHead(200, { 'content-type': 'image/jpeg' }).end(pictures[index % pictures.length]);
};
const listen = (server) => new Promise((up) => server.listen(0, '127.0.0.1', () => up(server.address().port)));
const origin = createServer(answer);
const base = `http://127.0.0.1:${await listen(origin)}`;
const hanging = createServer(answer);
const hangingBase = `http://127.0.0.1:${await listen(hanging)}`;

const folder = mkdtempSync(join(tmpdir(), 'pixelpress-bench-'));
const log = { debug() {}, info() {}, warn() {}, error: console.error };
const config = readConfig({ ...process.env, PORT: '0', DATA_DIR: folder, FETCH_ALLOW: '127.0.0.1' });
const { requests, close } = await createApp(config, log);
let made = 0;

const upload = async (urls) => {
  const csv = ['No,Name,Images', ...urls.map((url, row) => `${row},P,${url}`), ''].join('\n');
  const file = { fileName: 'b.csv', stream: Readable.from([Buffer.from(csv)]), idempotencyKey: null };
  const { request } = await requests.uploadCsv('anonymous', file, { options: parseOptions({}) });
  return request._id;
};
const good = (count) => Array.from({ length: count }, () => `${base}/${made++}.jpg`);
const ended = async (id) => {
  for await (const { request } of requests.watchRequest('anonymous', id)) if (request.finishedAt) return request;
};
const timed = async (work) => {
  const started = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - started) / 1e9;
};
const small = () => timed(async () => ended(await upload(good(SMALL))));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const several = async (work, count = ROUNDS) => {
  const values = [];
  for (let round = 0; round < count; round++) values.push(await work());
  return median(values);
};

console.error('start');
await small();
console.error('warm');
const idle = await several(small);
console.error('idle', idle);
const large = await upload(good(LARGE));
for await (const { request } of requests.watchRequest('anonymous', large)) if (request.counts.completed > 20) break;
console.error('large begun');
const beside = await several(small);
await requests.cancelRequest('anonymous', large);
await ended(large);

console.error('beside');
const alone = await timed(async () => ended(await upload(good(BESIDE_HANGING))));
console.error('alone');
const stuck = await upload(Array.from({ length: 500 }, (_, row) => `${hangingBase}/hang-${row}.jpg`));
for await (const { request } of requests.watchRequest('anonymous', stuck)) if (request.counts.total !== null) break;
const besideHanging = await timed(async () => ended(await upload(good(BESIDE_HANGING))));

console.table({
  [`${SMALL} images on an idle service, s`]: idle.toFixed(2),
  [`the same beside ${LARGE} images, s`]: beside.toFixed(2),
  'ratio (at most 2)': (beside / idle).toFixed(2),
  [`${BESIDE_HANGING} images alone, s`]: alone.toFixed(2),
  'the same beside 500 of a host that hangs, s': besideHanging.toFixed(2),
  'ratio, hanging host': (besideHanging / alone).toFixed(2),
});
origin.closeAllConnections();
hanging.closeAllConnections();
await requests.cancelRequest('anonymous', stuck);
await close();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
