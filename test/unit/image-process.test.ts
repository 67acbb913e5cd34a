import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { ImageId, RequestId } from '../../src/domain/ids.js';
import type { CompressOptions } from '../../src/domain/options.js';
import { makeImagesApart } from '../../src/workers/make-images-apart.js';
import { buildGif } from '../support/build-images.js';
import { type Origin, startOrigin } from '../support/start-origin.js';

const script = fileURLToPath(new URL('../../dist/image-process.js', import.meta.url));
const WEBP: CompressOptions = { format: 'WEBP', quality: 80, maxDimension: null, keepMetadata: false };
const LIMIT_MS = 60_000;
const limits = {
  maxImageBytes: 10_000_000,
  maxImagePixels: 100_000_000,
  maxImageFrames: 1_000,
  compressTimeoutSeconds: 3,
  fetchTimeoutMs: 10_000,
  fetchPerHost: 8,
};

/** Of a kilobyte, and more than minutes of work: librsvg does not look at any clock. */
const ENDLESS = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" width="5000" height="5000"><filter id="f" x="0" y="0" width="1" height="1">${'<feGaussianBlur stdDeviation="300"/><feTurbulence numOctaves="50" baseFrequency="0.9"/>'.repeat(10)}</filter><rect width="5000" height="5000" filter="url(#f)"/></svg>`,
);

let origin: Origin;
let dataDir: string;
let images: Awaited<ReturnType<typeof makeImagesApart>>;

beforeAll(async () => {
  origin = await startOrigin();
  dataDir = await mkdtemp(join(tmpdir(), 'pixelpress-images-'));
  const settings = {
    dataDir,
    s3: null,
    minFreeDiskBytes: 0,
    fetchAllow: ['127.0.0.1'],
    limits,
    imageMemoryBytes: 1024 ** 3,
    userAgent: 'test',
    compressAtOnce: 2,
  };
  const log = { debug() {}, info() {}, error() {}, warn() {} };
  const storage = { delete: async () => undefined };
  const metrics = { imageProcessStarted() {}, imageProcessUsed() {} };
  images = await makeImagesApart({ script, settings, compressAtOnce: 2, storage, log, metrics } as never);
});
afterAll(async () => {
  await images.close();
  await origin.close();
  await rm(dataDir, { recursive: true });
});

function serve(path: string, body: Buffer, contentType = 'image/jpeg'): void {
  origin.answers.set(path, (_, response) => response.writeHead(200, { 'content-type': contentType }).end(body));
}

async function make(path: string) {
  const image = {
    _id: `r.${path.slice(1)}` as ImageId,
    requestId: 'r' as RequestId,
    sourceUrl: `${origin.url}${path}`,
  };
  const context = { signal: new AbortController().signal, onStage: () => undefined };
  return (await images.makeImage({ image, claim: 'c' }, WEBP, context)).result;
}

it(
  'an image that keeps a decoder busy for ever ends with its code, and those beside and after it are made',
  async () => {
    serve('/endless', ENDLESS);
    const endless = expect(make('/endless')).rejects.toMatchObject({ code: 'PROCESSING_TIMEOUT' });
    const beside = await Promise.all(['/1', '/2', '/3', '/4'].map(make));
    expect(beside.map(({ compressed }) => compressed.format)).toEqual(['webp', 'webp', 'webp', 'webp']);
    await endless;
    const after = await Promise.all(['/5', '/6'].map(make));
    expect(after.map(({ compressed }) => compressed.format)).toEqual(['webp', 'webp']);
  },
  LIMIT_MS,
);

it('an image is what its bytes are, whatever its name and its header say', async () => {
  const { data } = await sharp({ create: { width: 90, height: 60, channels: 3, background: '#c82' } })
    .png({ compressionLevel: 0 })
    .toBuffer({ resolveWithObject: true });
  serve('/picture.gif', data, 'text/html');
  const { original, compressed } = await make('/picture.gif');
  expect([original, compressed].map(({ format, contentType }) => [format, contentType])).toEqual([
    ['png', 'image/png'],
    ['webp', 'image/webp'],
  ]);
  expect(original.key).toMatch(/\.png$/);
  serve('/page.jpg', Buffer.from('<!doctype html><title>Gone</title>'));
  await expect(make('/page.jpg')).rejects.toMatchObject({ code: 'NOT_AN_IMAGE' });
  serve('/frames.jpg', buildGif(10, 10, 2_000));
  await expect(make('/frames.jpg')).rejects.toMatchObject({ code: 'TOO_MANY_FRAMES' });
});
