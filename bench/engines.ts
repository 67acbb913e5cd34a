// Images a second and CPU an image of one api and two workers on Kafka, MongoDB and S3 against one process with the
// embedded engines, in one run; the engines' own processes are not counted.
//   npm run build; eval "$(engines up)"; npx tsx bench/engines.ts [images]
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openMongo } from '../test/support/open-mongo.js';

const IMAGES = Number(process.argv[2] ?? 200);
/** Of a clock tick in /proc, in milliseconds. */
const TICK_MS = 10;
const LOOK_EVERY_MS = 100;

// Plain JavaScript, which the other measurements run without a build.
const shots: string = './photographs.js';
const { photographs } = (await import(shots)) as { photographs: () => Promise<Buffer[]> };
const pictures = await photographs();
const origin = createServer((request, response) => {
  const index = Number(/\d+/.exec(request.url ?? '')?.[0] ?? 0);
  response.writeHead(200, { 'content-type': 'image/jpeg' }).end(pictures[index % pictures.length]);
});
await new Promise<void>((up) => origin.listen(0, '127.0.0.1', up));
const base = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
const folder = mkdtempSync(join(tmpdir(), 'pixelpress-bench-'));

async function start(env: Record<string, string | undefined>): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, ['dist/main.js'], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      DATA_DIR: folder,
      FETCH_ALLOW: '127.0.0.1',
      LOG_LEVEL: 'info',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((ready) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const { msg, url: at } = JSON.parse(line) as { msg: string; url: string };
      if (msg === 'ready') ready(at);
    });
  });
  return { url, child };
}

/** User and system time of a process so far, in milliseconds. */
function cpuOf({ child: { pid } }: { child: ChildProcess }): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

async function measure(processes: { url: string; child: ChildProcess }[], images: number) {
  const [api] = processes;
  if (!api) throw new Error('no api');
  const csv = ['No,Name,Images', ...Array.from({ length: images }, (_, row) => `${row},P,${base}/${row}.jpg`)];
  const form = new FormData();
  form.set('file', new Blob([csv.join('\n')]), 'b.csv');
  const cpu = processes.map(cpuOf);
  const started = performance.now();
  const made = (await (await fetch(`${api.url}/api/upload`, { method: 'POST', body: form })).json()) as {
    requestId: string;
  };
  for (;;) {
    const status = (await (await fetch(`${api.url}/api/status/${made.requestId}`)).json()) as {
      status: string;
      counts: { completed: number };
    };
    if (status.status === 'completed' && status.counts.completed === images) break;
    await new Promise((passed) => setTimeout(passed, LOOK_EVERY_MS));
  }
  const seconds = (performance.now() - started) / 1_000;
  const used = processes.map((each, index) => cpuOf(each) - (cpu[index] ?? 0));
  return { rate: images / seconds, cpu: used.reduce((sum, each) => sum + each) / images, each: used };
}

async function measured(processes: { url: string; child: ChildProcess }[]) {
  await measure(processes, 20);
  const result = await measure(processes, IMAGES);
  for (const { child } of processes) {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await exited;
  }
  return result;
}

const embedded = await measured([await start({})]);
const mongo = await openMongo(process.env['MONGODB_URI'] ?? '');
const uri = new URL(mongo.uri);
uri.pathname = `/bench-${Date.now()}`;
const names = [
  'KAFKA_BROKERS',
  'S3_ENDPOINT',
  'AWS_REGION',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_BUCKET_NAME',
];
const shared = Object.fromEntries(names.map((name) => [name, process.env[name]]));
const real = { ...shared, MONGODB_URI: uri.href, KAFKA_TOPIC_PREFIX: `bench-${Date.now()}` };
const api = await start({ ...real, ROLE: 'api' });
const worker = { ...real, ROLE: 'worker', PUBLIC_URL: api.url };
const engines = await measured([api, await start(worker), await start(worker)]);
await mongo.close();

console.table({
  'embedded, images/s': embedded.rate.toFixed(1),
  '1 api + 2 workers on Kafka, MongoDB-wire and S3, images/s': engines.rate.toFixed(1),
  'embedded, ms of CPU an image': embedded.cpu.toFixed(1),
  'engines, ms of CPU an image (api, worker, worker)': `${engines.cpu.toFixed(1)} (${engines.each.map((ms) => (ms / IMAGES).toFixed(1)).join(', ')})`,
  'ratio of CPU (at most 1.2)': (engines.cpu / embedded.cpu).toFixed(2),
});
rmSync(folder, { recursive: true, force: true });
origin.closeAllConnections();
process.exit(0);
