// How long request(id) takes over HTTP while nothing runs, and while all cores compress.
//   npm run build && node bench/latency.js [images] [queries]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { photographs } from './photographs.js';

const IMAGES = Number(process.argv[2] ?? 1_500);
const QUERIES = Number(process.argv[3] ?? 1_000);
/** Between two queries, in milliseconds. */
const PAUSE_MS = 5;
const WARM_UP = 300;

const pictures = await photographs();
const origin = createServer((request, response) => {
  const index = Number(/\d+/.exec(request.url)?.[0] ?? 0);
  response.writeHead(200, { 'content-type': 'image/jpeg' }).end(pictures[index % pictures.length]);
});
await new Promise((listening) => origin.listen(0, '127.0.0.1', listening));
const base = `http://127.0.0.1:${origin.address().port}`;
const folder = mkdtempSync(join(tmpdir(), 'pixelpress-bench-'));
const service = spawn(process.execPath, [fileURLToPath(new URL('../dist/main.js', import.meta.url))], {
  env: {
    PATH: process.env.PATH,
    PORT: '0',
    DATA_DIR: folder,
    FETCH_ALLOW: '127.0.0.1',
    RATE_LIMIT_QUERIES_PER_MINUTE: '0',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await new Promise((resolve) => {
  createInterface({ input: service.stdout }).on('line', (line) => {
    const { msg, url } = JSON.parse(line);
    if (msg === 'ready') resolve(url);
  });
});

async function upload(images) {
  const rows = Array.from({ length: images }, (_, n) => `${n},P,${base}/${n}.jpg`);
  const form = new FormData();
  form.append('file', new Blob([['No,Name,Images', ...rows].join('\n')]), 'b.csv');
  const answer = await fetch(`${url}/api/upload`, { method: 'POST', body: form });
  return (await answer.json()).requestId;
}
async function ask(id) {
  const query = `query($id: ID!) { request(id: $id) { id status progress counts { total completed failed } } }`;
  const began = performance.now();
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { id } }),
  });
  const { data } = await answer.json();
  return { ms: performance.now() - began, request: data.request };
}
async function measure(id, isOver) {
  const times = [];
  while (times.length < QUERIES) {
    const { ms, request } = await ask(id);
    if (isOver(request)) break;
    times.push(ms);
    await new Promise((passed) => setTimeout(passed, PAUSE_MS));
  }
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { queries: times.length, p50: at(0.5), p99: at(0.99) };
}

const first = await upload(WARM_UP);
while ((await ask(first)).request.status !== 'COMPLETED');
const idle = await measure(first, () => false);
const second = await upload(IMAGES);
while (!(await ask(second)).request.counts.completed);
const loaded = await measure(second, ({ status }) => status === 'COMPLETED');
const shown = ({ queries, p50, p99 }) => ({ queries, 'p50, ms': p50.toFixed(1), 'p99, ms': p99.toFixed(1) });
console.table({ idle: shown(idle), 'all cores compress': shown(loaded) });
console.log(`p99, loaded/idle (at most 3): ${(loaded.p99 / idle.p99).toFixed(2)}`);
service.kill('SIGTERM');
await once(service, 'exit');
rmSync(folder, { recursive: true });
origin.closeAllConnections();
origin.close();
