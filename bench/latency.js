// How long request(id) takes over HTTP while nothing runs, and while all cores compress.
//   npm run build && node bench/latency.js [images] [queries]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { upload as uploadImages } from './load/upload.js';
import { photographs } from './photographs.js';
import { picturesByNumber, startOrigin } from './start-origin.js';
import { startService } from './start-service.js';

const IMAGES = Number(process.argv[2] ?? 1_500);
const QUERIES = Number(process.argv[3] ?? 1_000);
/** Between two queries, in milliseconds. */
const PAUSE_MS = 5;
/** Images before anything is measured: V8 compiles the service until some thousands are made. */
const WARM_UP = 2_000;

/** In a process of its own: who asks does not wait for images that are sent. */
async function runOrigin() {
  const origin = await startOrigin(1, picturesByNumber(await photographs()));
  process.send(origin.hosts[0]);
}

async function ask(url, id) {
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

async function measure(url, id, isOver) {
  const times = [];
  while (times.length < QUERIES) {
    const { ms, request } = await ask(url, id);
    if (isOver(request)) break;
    times.push(ms);
    await new Promise((passed) => setTimeout(passed, PAUSE_MS));
  }
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { queries: times.length, p50: at(0.5), p99: at(0.99) };
}

async function main() {
  const origin = fork(fileURLToPath(import.meta.url));
  const [host] = await once(origin, 'message');
  const service = await startService();
  const { url } = service;
  const upload = (images) =>
    uploadImages(
      service,
      Array.from({ length: images }, (_, n) => `${host}/${n}.jpg`),
    );
  const first = await upload(WARM_UP);
  // Questions, too, are compiled before they are measured.
  await measure(url, first, ({ status }) => status === 'COMPLETED');
  while ((await ask(url, first)).request.status !== 'COMPLETED');
  const idle = await measure(url, first, () => false);
  const second = await upload(IMAGES);
  while (!(await ask(url, second)).request.counts.completed);
  const loaded = await measure(url, second, ({ status }) => status === 'COMPLETED');
  const shown = ({ queries, p50, p99 }) => ({ queries, 'p50, ms': p50.toFixed(1), 'p99, ms': p99.toFixed(1) });
  console.table({ idle: shown(idle), 'all cores compress': shown(loaded) });
  console.log(`p99, loaded/idle (at most 3): ${(loaded.p99 / idle.p99).toFixed(2)}`);
  await service.stop();
  origin.kill();
}

if (process.send) await runOrigin();
else await main();
