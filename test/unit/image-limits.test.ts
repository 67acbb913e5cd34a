import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { RequestId } from '../../src/domain/ids.js';
import type { CompressOptions } from '../../src/domain/options.js';
import { createCompressImage } from '../../src/images/compress-image.js';
import { createCompressLimit } from '../../src/workers/compress-limit.js';
import { buildGif, buildPng, buildTiff, buildTiffPages, pngChunk, withPngChunks } from '../support/build-images.js';
import { noisyJpeg } from '../support/start-origin.js';

const limits = { maxImagePixels: 100_000_000, maxImageFrames: 1_000 };
const compress = createCompressImage({ limits, timeoutSeconds: 60 });
const KEEP: CompressOptions = { format: 'KEEP', quality: null, maxDimension: null, keepMetadata: false };
const SIDE = 10_000;
const LIMIT_MS = 120_000;
const MIB = 1024 * 1024;

/** 100 million pixels of one colour. */
const hugePng = () => buildPng({ width: SIDE, height: SIDE, depth: 1, colour: 0 }, Buffer.alloc((SIDE / 8) * SIDE));
const hugeTiff = () => buildTiff({ width: SIDE, height: SIDE, channels: 1 }, Buffer.alloc(SIDE * SIDE));

/** What the process has grown by at its largest while `work` ran, in bytes. */
async function growth(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 10);
  await work().finally(() => clearInterval(watch));
  return most - before;
}

describe('the limits of an image', () => {
  it('hold for pixels and frames before anything is decoded', async () => {
    const wide = buildTiff({ width: 50_000, height: 50_000, channels: 1 }, Buffer.alloc(1_000));
    const cases: [Buffer, string, RegExp][] = [
      [buildGif(100, 100, 10_000), 'TOO_MANY_FRAMES', /10000 frames/],
      [buildGif(1_000, 1_000, 200), 'TOO_MANY_PIXELS', /200000000 pixels in 200 frames/],
      [wide, 'TOO_MANY_PIXELS', /2500000000/],
      [
        buildPng({ width: 20_000, height: 20_000, depth: 1, colour: 0 }, Buffer.alloc(2_500 * 20_000)),
        'TOO_MANY_PIXELS',
        /400000000/,
      ],
    ];
    for (const [bytes, code, message] of cases) {
      const grown = await growth(async () => {
        await expect(compress(bytes, KEEP)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
      });
      expect(grown).toBeLessThan(100 * MIB);
    }
  });

  it('hold for every page of a TIFF, whatever the size of its first', async () => {
    const cases: [Buffer, RegExp][] = [
      [
        buildTiffPages([
          [1, 1],
          [20_000, 20_000],
        ]),
        /400000001 pixels in 2 frames/,
      ],
      [
        buildTiffPages([
          [8_000, 8_000],
          [1, 1],
          [7_000, 7_000],
        ]),
        /113000001 pixels in 3 frames/,
      ],
    ];
    for (const [bytes, message] of cases) {
      for (const format of ['KEEP', 'WEBP'] as const) {
        const grown = await growth(async () => {
          const expected = { code: 'TOO_MANY_PIXELS', message: expect.stringMatching(message) };
          await expect(compress(bytes, { ...KEEP, format })).rejects.toMatchObject(expected);
        });
        expect(grown).toBeLessThan(100 * MIB);
      }
    }
    let memory = 0;
    const admit = <T>(bytes: number, work: () => Promise<T>) => {
      memory = bytes;
      return work();
    };
    const { compressed } = await compress(
      buildTiffPages([
        [1, 1],
        [2_000, 3_000],
      ]),
      KEEP,
      admit,
    );
    expect([compressed.format, memory]).toEqual(['tiff', 13 * 6_000_001]);
  });

  it(
    'hold for the time of all pages of a TIFF together',
    async () => {
      const hurried = createCompressImage({
        limits: { ...limits, maxImagePixels: 10_000_000_000 },
        timeoutSeconds: 1,
      });
      const pages = buildTiffPages(Array.from({ length: 30 }, () => [9_000, 9_000] as const));
      await expect(hurried(pages, KEEP)).rejects.toMatchObject({ code: 'PROCESSING_TIMEOUT' });
    },
    LIMIT_MS,
  );

  it(
    'let images of 100 million pixels through one by one, in bounded memory, while others go on',
    async () => {
      const small = await noisyJpeg(640, 480);
      const ended: string[] = [];
      const end = (name: string) => () => void ended.push(name);
      const huge = [hugePng(), hugeTiff()];
      const admit = createCompressLimit(2, 1024 * MIB)('request' as RequestId, new AbortController().signal);
      const grown = await growth(() =>
        Promise.all([
          ...huge.map((bytes) => compress(bytes, { ...KEEP, format: 'WEBP' }, admit).then(end('huge'))),
          ...[1, 2, 3].map(() => compress(small, KEEP, admit).then(end('small'))),
        ]),
      );
      expect(ended.slice(0, 3)).toEqual(['small', 'small', 'small']);
      expect(ended).toHaveLength(5);
      // One of them takes 460 MiB, two at once twice that.
      expect(grown).toBeLessThan(800 * MIB);
    },
    LIMIT_MS,
  );

  it(
    'hold for time: what takes longer ends with a code of its own',
    async () => {
      const hurried = createCompressImage({ limits, timeoutSeconds: 1 });
      const rows = Buffer.alloc(3 * 9_000 * 9_000, 'some colours');
      const bytes = await sharp(rows, { raw: { width: 9_000, height: 9_000, channels: 3 } })
        .png({ compressionLevel: 1 })
        .toBuffer();
      const began = performance.now();
      await expect(hurried(bytes, { ...KEEP, format: 'WEBP' })).rejects.toMatchObject({ code: 'PROCESSING_TIMEOUT' });
      // Decoders look at the clock now and then only; the whole would take much longer.
      expect(performance.now() - began).toBeLessThan(30_000);
    },
    LIMIT_MS,
  );

  it('hold for what is packed into metadata', async () => {
    const packed = deflateSync(Buffer.alloc(500 * MIB));
    const named = Buffer.concat([Buffer.from('a\0\0'), packed]);
    const png = await sharp(await noisyJpeg(640, 480))
      .png()
      .toBuffer();
    const bomb = withPngChunks(png, pngChunk('zTXt', named), pngChunk('iCCP', named));
    const grown = await growth(async () => {
      for (const keepMetadata of [false, true]) await compress(bomb, { ...KEEP, keepMetadata });
    });
    expect(grown).toBeLessThan(150 * MIB);
  });
});
