// Mixed load for so many minutes (uploads, watchers that leave, queries, cancelled requests, downloads, refused files), all
// of it deleted again: memory, handles, sockets and files at the end against those after the first minute, each taken
// when nothing is at work.
//   npm run build && node bench/load/soak.js [minutes]
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startOrigin } from '../start-origin.js';
import { startService } from '../start-service.js';
import { memoryOf } from './memory-of.js';
import { readMetrics } from './read-metrics.js';
import { smallImage } from './small-image.js';
import { upload, uploadCsv } from './upload.js';

const MINUTES = Number(process.argv[2] ?? 20);
const MINUTE_MS = 60_000;
/** At work at once. */
const LANES = 6;
const IMAGES = 60;
const QUERIES = 20;
/** Until what was deleted is gone, and connections that nobody uses are closed. */
const SETTLE_MS = 15_000;
const COLLECT_MS = 2_000;

const image = await smallImage();
const origin = await startOrigin(3, (request, response) => {
  if (request.url.startsWith('/missing')) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': 'image/jpeg' }).end(image);
});
const collecting = new URL('collect-on-signal.js', import.meta.url);
const service = await startService({ NODE_OPTIONS: `--import=${collecting}` });
const done = { requests: 0, cancelled: 0, refused: 0, queries: 0, events: 0 };

async function graphql(query, id) {
  const answer = await fetch(`${service.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `${query}`, variables: { id } }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** Reads the events of a request, as far as to its end, or some of them. */
async function watch(id, most = Number.POSITIVE_INFINITY) {
  const leave = new AbortController();
  const { body } = await fetch(`${service.url}/api/status/${id}/events`, { signal: leave.signal });
  let seen = 0;
  for await (const _ of body) {
    done.events++;
    if (++seen === most) break;
  }
  leave.abort();
}

/** One request from its upload to its deletion; every third is cancelled. */
async function one(lane) {
  const rows = Array.from({ length: IMAGES }, (_, row) => {
    return `${origin.hosts[row % origin.hosts.length]}/${row % 10 === 9 ? 'missing' : 'image'}-${lane}-${row}.jpg`;
  });
  const id = await upload(service, rows);
  const leaving = watch(id, 2);
  await uploadCsv(service.url, new Blob(['no header at all\n'])).catch(() => done.refused++);
  if (done.requests % 3 === 2) {
    await graphql('mutation($id: ID!) { cancelRequest(id: $id) { request { id } } }', id);
    done.cancelled++;
  }
  const watching = watch(id);
  for (let query = 0; query < QUERIES; query++, done.queries++) {
    await graphql('query($id: ID!) { request(id: $id) { status products { nodes { name images { status } } } } }', id);
  }
  await Promise.all([leaving, watching]);
  for (const file of ['output.csv', 'results.zip']) {
    await (await fetch(`${service.url}/api/requests/${id}/${file}`)).arrayBuffer();
  }
  await graphql('mutation($id: ID!) { deleteRequest(id: $id) { id } }', id);
  done.requests++;
}

async function load(ms) {
  const until = performance.now() + ms;
  await Promise.all(
    Array.from({ length: LANES }, async (_, lane) => {
      while (performance.now() < until) await one(lane);
    }),
  );
}

function descriptorsOf(pid) {
  const open = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      // The one that reads them.
      return [];
    }
  });
  const sockets = open.filter((target) => target.startsWith('socket:')).length;
  return { sockets, others: open.length - sockets };
}

async function look() {
  await pause(SETTLE_MS);
  process.kill(service.pid, 'SIGUSR2');
  await pause(COLLECT_MS);
  const metrics = await readMetrics(service);
  const { sockets, others } = descriptorsOf(service.pid);
  const stored = readdirSync(join(service.folder, 'objects'), { recursive: true, withFileTypes: true });
  return {
    ...done,
    'memory, MB': Math.round(memoryOf(service.pid).own),
    'heap, MB': Math.round(metrics.get('nodejs_heap_size_used_bytes') / 1e6),
    handles: metrics.get('nodejs_active_handles_total'),
    sockets,
    'other descriptors': others,
    subscribers: metrics.get('pixelpress_subscribers'),
    'stored files': stored.filter((entry) => entry.isFile()).length,
  };
}

await load(MINUTE_MS);
const first = await look();
console.table({ 'after a minute': first });
await load((MINUTES - 1) * MINUTE_MS);
console.table({ 'after a minute': first, [`after ${MINUTES}`]: await look() });
await service.stop();
origin.close();
