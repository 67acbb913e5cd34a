// Time and CPU an image of the whole service in requests of 1,000 and of 10,000 images: neither grows with the request.
//   npm run build && node bench/growth.js [small] [large] [rounds]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { createApp } from '../dist/app.js';
import { readConfig } from '../dist/config.js';
import { cpuOfTree } from './cpu-of-tree.js';
import { photographs } from './photographs.js';
import { runRequest } from './run-request.js';
import { picturesByNumber, startOrigin } from './start-origin.js';

const SMALL = Number(process.argv[2] ?? 1_000);
const LARGE = Number(process.argv[3] ?? 10_000);
const ROUNDS = Number(process.argv[4] ?? 2);
const WARM_UP = 4_000;
/** Small ones, so that what is not compression weighs more. */
const WIDTH = 400;

const pictures = await Promise.all(
  (await photographs()).map((photograph) => sharp(photograph).resize(WIDTH).jpeg({ quality: 90 }).toBuffer()),
);
const origin = await startOrigin(1, picturesByNumber(pictures));
const folder = mkdtempSync(join(tmpdir(), 'pixelpress-bench-'));
const log = { debug() {}, info() {}, warn: console.warn, error: console.error };
const app = await createApp(readConfig({ PORT: '0', DATA_DIR: folder, FETCH_ALLOW: '127.0.0.1' }), log);

/** A request of so many images, in milliseconds an image. */
async function measure(images) {
  const cpu = cpuOfTree();
  const began = performance.now();
  await runRequest(app, origin.hosts[0], images);
  return { ms: (performance.now() - began) / images, cpu: (cpuOfTree() - cpu) / images };
}

await measure(WARM_UP);
const rounds = [];
for (let round = 0; round < ROUNDS; round++) {
  rounds.push({ before: await measure(SMALL), large: await measure(LARGE), after: await measure(SMALL) });
}
/** The small one before and the one after, so that what is there from earlier requests weighs on both sides. */
const ratio = ({ before, large, after }, what) => large[what] / ((before[what] + after[what]) / 2);
console.table(
  rounds.map(({ before, large, after }) => ({
    [`${SMALL}, ms`]: `${before.ms.toFixed(2)} ${after.ms.toFixed(2)}`,
    [`${LARGE}, ms`]: large.ms.toFixed(2),
    [`${SMALL}, ms CPU`]: `${before.cpu.toFixed(2)} ${after.cpu.toFixed(2)}`,
    [`${LARGE}, ms CPU`]: large.cpu.toFixed(2),
  })),
);
const mean = (what) => (rounds.reduce((sum, round) => sum + ratio(round, what), 0) / ROUNDS).toFixed(2);
console.log(`time an image, large/small (at most 1.1): ${mean('ms')}; CPU: ${mean('cpu')}`);
await app.close();
rmSync(folder, { recursive: true });
origin.close();
