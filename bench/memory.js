// The most memory that the service and its process for images have at once, with photographs of 24 megapixels in the queue.
//   npm run build && node bench/memory.js [images] [format] [IMAGE_MEMORY_BYTES …]
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { photographs } from './photographs.js';
import { picturesByNumber, startOrigin } from './start-origin.js';
import { startService } from './start-service.js';

const IMAGES = Number(process.argv[2] ?? 50);
const FORMAT = process.argv[3] ?? 'keep';
/** Of the setting; empty is the default. */
const VALUES = process.argv.length > 4 ? process.argv.slice(4) : [''];
const MIB = 1024 * 1024;
const WIDTH = 6_000;
const HEIGHT = 4_000;
/** Between two looks, in milliseconds: decoders hold what they need for longer. */
const LOOK_MS = 20;

/** As a camera makes them: the noise of its sensor is most of their bytes. */
async function enlarged(photograph) {
  const noise = await sharp({
    create: {
      width: WIDTH,
      height: HEIGHT,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 20 },
    },
  })
    .raw()
    .toBuffer();
  return sharp(photograph)
    .resize(WIDTH, HEIGHT, { fit: 'fill' })
    .composite([{ input: noise, raw: { width: WIDTH, height: HEIGHT, channels: 3 }, blend: 'soft-light' }])
    .jpeg({ quality: 92 })
    .toBuffer();
}

/** Resident bytes of a process and of its living children; what they share is counted in each. Linux only. */
function memoryOfTree(pid) {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return [Number(kilobytes) * 1024, ...children.flatMap(memoryOfTree)];
  } catch {
    return [];
  }
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

async function measure(base, setting) {
  const service = await startService(setting ? { IMAGE_MEMORY_BYTES: setting } : {});
  const { url } = service;
  const idle = memoryOfTree(service.pid);
  let most = idle;
  const looking = setInterval(() => {
    const now = memoryOfTree(service.pid);
    if (sum(now) > sum(most)) most = now;
  }, LOOK_MS);
  const rows = Array.from({ length: IMAGES }, (_, n) => `${n},P,${base}/${n}.jpg`);
  const form = new FormData();
  form.append('format', FORMAT);
  form.append('file', new Blob([['No,Name,Images', ...rows].join('\n')]), 'b.csv');
  const began = performance.now();
  const { requestId } = await (await fetch(`${url}/api/upload`, { method: 'POST', body: form })).json();
  await (await fetch(`${url}/api/status/${requestId}/events`)).text();
  const seconds = (performance.now() - began) / 1000;
  clearInterval(looking);
  const { counts } = await (await fetch(`${url}/api/status/${requestId}`)).json();
  if (counts.completed !== IMAGES) throw new Error(JSON.stringify(counts));
  await service.stop();
  const [ofService, ...ofImages] = most;
  const mib = (bytes) => Math.round(bytes / MIB);
  return {
    IMAGE_MEMORY_BYTES: setting || 'default',
    'idle, MiB': mib(sum(idle)),
    'at most, MiB': mib(sum(most)),
    'of it the service': mib(ofService),
    'and its process for images': mib(sum(ofImages)),
    'images a second': (IMAGES / seconds).toFixed(2),
  };
}

const pictures = [];
for (const photograph of (await photographs()).slice(0, 3)) pictures.push(await enlarged(photograph));
console.log(`photographs of ${pictures.map(({ length }) => (length / MIB).toFixed(1)).join(', ')} MiB`);
const origin = await startOrigin(1, picturesByNumber(pictures));
const results = [];
for (const value of VALUES) results.push(await measure(origin.hosts[0], value));
console.table(results);
origin.close();
