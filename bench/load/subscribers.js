// Subscribers on few sockets to running requests, each asking for all that the client asks: how long from the record of an
// image to the event that tells it, the CPU of a delivered event, the memory of a subscriber; then the same beside
// subscribers that read nothing, and when those are closed.
//   npm run build && node bench/load/subscribers.js [subscribers] [sockets] [requests] [events a second] [seconds]
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { cpuOfTree } from '../cpu-of-tree.js';
import { startOrigin } from '../start-origin.js';
import { startService } from '../start-service.js';
import { monotonicMs } from './monotonic-ms.js';
import { readMetrics } from './read-metrics.js';
import { smallImage } from './small-image.js';
import { upload } from './upload.js';

const SUBSCRIBERS = Number(process.argv[2] ?? 2_000);
const SOCKETS = Number(process.argv[3] ?? 200);
const REQUESTS = Number(process.argv[4] ?? 20);
const EVENTS_PER_SECOND = Number(process.argv[5] ?? 4);
const SECONDS = Number(process.argv[6] ?? 30);
/** Beside the others, in the last part: a tenth more sockets, that read nothing. */
const DEAF_SOCKETS = Math.ceil(SOCKETS / 10);
/** Until a service has compiled what it does, and garbage comes and goes. */
const SETTLE_MS = 8_000;
/** Until what was held back meanwhile is made. */
const CATCH_UP_MS = 40_000;
/** Two pings and some (http/websocket.ts). */
const CLOSED_WITHIN_MS = 60_000;
const IMAGES = EVENTS_PER_SECOND * (3 * SECONDS + 150);

const operations = readFileSync(new URL('../../schema/operations/client.graphql', import.meta.url), 'utf8');
const part = (start) => new RegExp(`^${start}.+?^\\}`, 'ms').exec(operations)[0];
const query = ['subscription ClientWatch', 'fragment RequestView', 'fragment ImageView', 'fragment StoredImageView']
  .map(part)
  .join('\n');

/** Answers at once, or not until it may. */
const image = await smallImage();
let held = null;
const answer = (response) => response.writeHead(200, { 'content-type': 'image/jpeg' }).end(image);
const origin = await startOrigin(REQUESTS, (_request, response) => {
  if (held) held.push(response);
  else answer(response);
});
const hold = () => {
  held = [];
};
const goOn = () => {
  for (const response of held) answer(response);
  held = null;
};

const records = new Map();
let tellMemory = () => undefined;
const service = await startService(
  { IMAGES_PER_SECOND: String(EVENTS_PER_SECOND), MAX_SOCKETS_PER_CLIENT: '10000' },
  {
    main: fileURLToPath(new URL('main-that-tells.js', import.meta.url)),
    onLine: ({ msg, ...told }) => {
      if (msg === 'recorded') records.get(told.id)?.push(told);
      if (msg === 'memory') tellMemory(told.bytes);
    },
  },
);
const ids = await Promise.all(
  origin.hosts.map((host, index) =>
    upload(
      service,
      Array.from({ length: IMAGES }, (_, row) => `${host}/${index}/${row}.jpg`),
    ),
  ),
);
for (const id of ids) records.set(id, []);
await pause(SETTLE_MS);

/** What the service holds after a garbage collection, in bytes. */
function bytesHeld() {
  return new Promise((resolve) => {
    tellMemory = resolve;
    process.kill(service.pid, 'SIGUSR2');
  });
}

const events = [];
/** A socket with its share of the subscribers, each of another request. */
async function subscribe(subscriptions) {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    perMessageDeflate: false,
  });
  await new Promise((opened) => socket.once('open', opened));
  const acknowledged = new Promise((resolve) => socket.once('message', resolve));
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await acknowledged;
  socket.on('message', (data) => {
    const at = monotonicMs();
    const text = String(data);
    const [, subscriber] = /"id":"(\d+)"/.exec(text);
    const [, revision] = /"revision":(\d+)/.exec(text) ?? [];
    if (revision === undefined) throw new Error(text);
    events.push({ subscriber: Number(subscriber), revision: Number(revision), at });
  });
  for (const subscriber of subscriptions) {
    const payload = { query, variables: { id: ids[subscriber % REQUESTS] } };
    socket.send(JSON.stringify({ id: String(subscriber), type: 'subscribe', payload }));
  }
  return socket;
}
const share = SUBSCRIBERS / SOCKETS;
const subscriptionsOf = (socket) => Array.from({ length: share }, (_, index) => socket * share + index);

/** What was delivered in a while, with the CPU of the service. */
async function measure(seconds) {
  for (const list of [events, ...records.values()]) list.length = 0;
  const cpu = cpuOfTree(service.pid);
  await readMetrics(service);
  await pause(seconds * 1_000);
  const lag = (await readMetrics(service)).get('nodejs_eventloop_lag_p99_seconds') * 1_000;
  const used = cpuOfTree(service.pid) - cpu;
  const recorded = [...records.values()].reduce((sum, list) => sum + list.length, 0);
  return { events: events.length, recorded, seconds, cpu: used, lag, ...latencies() };
}

/** Of each image to each of its subscribers: the first event whose revision is not below that of its count. */
function latencies() {
  const bySubscriber = Map.groupBy?.(events, ({ subscriber }) => subscriber) ?? groupBySubscriber();
  const times = [];
  for (const [subscriber, heard] of bySubscriber) {
    const list = [...records.get(ids[subscriber % REQUESTS])].sort((a, b) => a.revision - b.revision);
    // What was recorded before the first event may have been told by it or by one before.
    let next = list.findIndex(({ revision }) => revision > heard[0].revision);
    for (const { revision, at } of heard) {
      while (next >= 0 && next < list.length && list[next].revision <= revision) times.push(at - list[next++].at);
    }
  }
  times.sort((a, b) => a - b);
  const quantile = (part) => times[Math.floor(times.length * part)] ?? Number.NaN;
  return { deliveries: times.length, p50: quantile(0.5), p99: quantile(0.99), most: times.at(-1) };
}

function groupBySubscriber() {
  const groups = new Map();
  for (const event of events) {
    const group = groups.get(event.subscriber) ?? [];
    group.push(event);
    groups.set(event.subscriber, group);
  }
  return groups;
}

const without = await measure(SECONDS);
hold();
await pause(SETTLE_MS);
const before = await bytesHeld();
const sockets = await Promise.all(Array.from({ length: SOCKETS }, (_, socket) => subscribe(subscriptionsOf(socket))));
await pause(SETTLE_MS);
const perSubscriber = ((await bytesHeld()) - before) / SUBSCRIBERS;
goOn();
await pause(CATCH_UP_MS);
const withAll = await measure(SECONDS);
const deaf = await Promise.all(Array.from({ length: DEAF_SOCKETS }, (_, socket) => subscribe(subscriptionsOf(socket))));
for (const socket of deaf) socket.pause();
const fellDeaf = performance.now();
const besideDeaf = await measure(SECONDS);
const subscribersNow = async () => (await readMetrics(service)).get('pixelpress_subscribers');
while ((await subscribersNow()) > SUBSCRIBERS && performance.now() - fellDeaf < CLOSED_WITHIN_MS) await pause(250);
const closedAfter = (performance.now() - fellDeaf) / 1_000;
const left = await subscribersNow();

const shown = ({ events, recorded, seconds, cpu, p50, p99, most, lag }) => ({
  'images/s': (recorded / seconds).toFixed(1),
  'events/s': Math.round(events / seconds),
  'p50, ms': p50?.toFixed(0),
  'p99, ms': p99?.toFixed(0),
  'longest, ms': most?.toFixed(0),
  'CPU, cores': (cpu / seconds / 1_000).toFixed(2),
  'event loop p99, ms': lag.toFixed(0),
});
console.table({
  'no subscribers': shown(without),
  [`${SUBSCRIBERS} subscribers`]: shown(withAll),
  [`beside ${DEAF_SOCKETS * share} that read nothing`]: shown(besideDeaf),
});
const perImage = without.cpu / without.recorded;
console.table({
  'p99 from record to delivery, ms (below 250)': withAll.p99.toFixed(0),
  'CPU a delivered event, ms': ((withAll.cpu - perImage * withAll.recorded) / withAll.events).toFixed(3),
  'memory a subscriber, KB (at most 40)': (perSubscriber / 1e3).toFixed(1),
  'p99 beside those that read nothing, ms': besideDeaf.p99.toFixed(0),
  'those are closed after, s': left > SUBSCRIBERS ? 'not closed' : closedAfter.toFixed(0),
});
for (const socket of [...sockets, ...deaf]) socket.terminate();
await service.stop();
origin.close();
