// Images a second and CPU an image of the whole service (fetch, store both, record, tell) against a raw sharp loop over
// the same files from the same local origin with the same settings.
//   npm run build && [BENCH_DIR=a folder on the disk to measure] node bench/pipeline.js [images] [rounds]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuOfTree } from './cpu-of-tree.js';
import { photographs } from './photographs.js';
import { picturesByNumber, startOrigin } from './start-origin.js';

const IMAGES = Number(process.argv[2] ?? 2_000);
const ROUNDS = Number(process.argv[3] ?? 3);
/** Images that each side makes before it is measured. V8 compiles the service until some thousands are made. */
const WARM_UP = 2_000;
/** Fetched and compressed at once by the raw loop: the best of 2, 3, 4 and 8 on two cores. */
const LOOP_AT_ONCE = 4;
const self = fileURLToPath(import.meta.url);

/** One side in a process of its own, so that its CPU is its own: warm, then measured each time that it is asked. */
async function runSide(run) {
  await run(WARM_UP);
  process.on('message', async () => process.send(await measured(() => run(IMAGES))));
  process.send('warm');
}

async function createLoop(base) {
  const { default: sharp } = await import('sharp');
  const { createCompressImage } = await import('../dist/images/compress-image.js');
  const { ENCODERS } = await import('../dist/images/formats.js');
  createCompressImage({ limits: { maxImagePixels: 1e9 }, timeoutSeconds: 60 });
  const work = async (index) => {
    const bytes = Buffer.from(await (await fetch(`${base}/${index}.jpg`)).arrayBuffer());
    await ENCODERS.jpeg(sharp(bytes).autoOrient(), { quality: null, lossless: false }).toBuffer();
  };
  return async (images) => {
    let next = 0;
    const lane = async () => {
      while (next < images) await work(next++);
    };
    await Promise.all(Array.from({ length: LOOP_AT_ONCE }, lane));
  };
}

async function createService(base, folder) {
  const { createApp } = await import('../dist/app.js');
  const { readConfig } = await import('../dist/config.js');
  const { runRequest } = await import('./run-request.js');
  const log = { debug() {}, info() {}, warn: console.warn, error: console.error };
  const app = await createApp(
    readConfig({ PORT: '0', DATA_DIR: mkdtempSync(join(folder, 'data-')), FETCH_ALLOW: '127.0.0.1' }),
    log,
  );
  return (images) => runRequest(app, base, images);
}

async function measured(work) {
  const cpu = cpuOfTree();
  const started = process.hrtime.bigint();
  await work();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  return { rate: IMAGES / seconds, cpu: (cpuOfTree() - cpu) / IMAGES };
}

async function main() {
  const pictures = await photographs();
  const origin = await startOrigin(1, picturesByNumber(pictures));
  // Removed at the end, not between two rounds: ext4 passes over each inode that was deleted in the last minutes before
  // it makes a file, which costs the next round up to 2 ms an image.
  const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'pixelpress-bench-'));
  const start = async (role) => {
    const side = fork(self, [String(IMAGES), String(ROUNDS), role, origin.hosts[0], folder]);
    await once(side, 'message');
    return side;
  };
  const ask = async (side) => {
    side.send('run');
    return (await once(side, 'message'))[0];
  };
  // One after the other, and each idle while the other runs.
  const [loop, service] = [await start('loop'), await start('service')];
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push({ loop: await ask(loop), service: await ask(service) });
  for (const side of [loop, service]) {
    side.kill();
    // It holds files in the folder.
    await once(side, 'exit');
  }
  const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  console.table(
    rounds.map(({ loop, service }) => ({
      'loop, images/s': loop.rate.toFixed(1),
      'service, images/s': service.rate.toFixed(1),
      'loop, ms CPU': loop.cpu.toFixed(1),
      'service, ms CPU': service.cpu.toFixed(1),
    })),
  );
  console.log(
    `images a second, service/loop (at least 0.85): ${median(rounds.map((r) => r.service.rate / r.loop.rate)).toFixed(2)}`,
  );
  console.log(
    `CPU an image, service/loop (at most 1.15): ${median(rounds.map((r) => r.service.cpu / r.loop.cpu)).toFixed(2)}`,
  );
  origin.close();
  rmSync(folder, { recursive: true });
}

const [, , , , role, base, folder] = process.argv;
if (role) await runSide(role === 'loop' ? await createLoop(base) : await createService(base, folder));
else await main();
