import sharp from 'sharp';
import type { CompressOptions } from '../../src/domain/options.js';
import { createCompressImage } from '../../src/images/compress-image.js';
import { buildApng, buildTiff, pngChunk, withPngChunks } from '../support/build-images.js';
import { difference, look, open, paint } from '../support/pictures.js';

const compress = createCompressImage({
  limits: { maxImagePixels: 10_000_000, maxImageFrames: 100 },
  timeoutSeconds: 30,
});
const KEEP: CompressOptions = { format: 'KEEP', quality: null, maxDimension: null, keepMetadata: false };
const DAMAGED = expect.objectContaining({ code: 'CORRUPT_IMAGE' });
/** So rough that most of a file is pixels. */
const picture = paint(200, 150, (x, y) => [0, 1, 2].map((channel) => (x * 97 + y * 57 + x * y * (channel + 3)) % 256));
const rough = () => open(picture);
const frames = async () =>
  sharp(await Promise.all([1, 2, 3].map(() => rough().png().toBuffer())), { join: { animated: true } });

const FILES: [string, () => Promise<Buffer>][] = [
  ['JPEG', () => rough().jpeg().toBuffer()],
  ['progressive JPEG', () => rough().jpeg({ progressive: true }).toBuffer()],
  ['PNG', () => rough().png().toBuffer()],
  ['interlaced PNG', () => rough().png({ progressive: true }).toBuffer()],
  ['16-bit PNG', () => rough().toColourspace('rgb16').png().toBuffer()],
  ['palette PNG', () => rough().png({ palette: true }).toBuffer()],
  ['APNG', async () => buildApng(picture.width, picture.height, [picture.rgb, picture.rgb])],
  ['WebP', () => rough().webp().toBuffer()],
  ['lossless WebP', () => rough().webp({ lossless: true }).toBuffer()],
  ['WebP that moves', async () => (await frames()).webp().toBuffer()],
  ['GIF', () => rough().gif().toBuffer()],
  ['GIF that moves', async () => (await frames()).gif().toBuffer()],
  ['AVIF', () => rough().avif({ effort: 0 }).toBuffer()],
  ['TIFF', () => rough().tiff({ compression: 'none' }).toBuffer()],
  ['TIFF of JPEG', () => rough().tiff({ compression: 'jpeg' }).toBuffer()],
  ['TIFF in tiles', () => rough().tiff({ compression: 'lzw', tile: true, tileWidth: 64, tileHeight: 64 }).toBuffer()],
  ['TIFF of pages', async () => (await frames()).tiff({ compression: 'deflate' }).toBuffer()],
  [
    'SVG',
    async () =>
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><g><path d="M 1 1 L 9 9"/></g></svg>'),
  ],
];

describe('damage', () => {
  it.each(FILES)('of a %s that is cut anywhere is told, and no grey half is made', async (_, build) => {
    const file = await build();
    const shares = [0.3, 0.5, 0.7, 0.9, 0.97, 0.995].map((share) => Math.floor(file.length * share));
    for (const end of [...shares, file.length - 8, file.length - 2]) {
      for (const format of ['KEEP', 'WEBP'] as const) {
        const cut = compress(file.subarray(0, end), { ...KEEP, format });
        await expect(cut).rejects.toEqual(DAMAGED);
      }
    }
    await expect(compress(file, KEEP)).resolves.toBeDefined();
  });

  it.each(
    FILES.filter(([name]) => /^(JPEG|progressive|PNG|interlaced|APNG|GIF$|TIFF of JPEG|TIFF in tiles)/.test(name)),
  )('of a %s that lacks a piece is told', async (_, build) => {
    const file = await build();
    const at = Math.floor(file.length * 0.6);
    const short = Buffer.concat([file.subarray(0, at), file.subarray(at + 600)]);
    await expect(compress(short, KEEP)).rejects.toEqual(DAMAGED);
  });

  it('of fields that are no pixels is none', async () => {
    // Four channels of RGB without a word what the fourth is: libtiff warns of it.
    const file = buildTiff({ width: 80, height: 80, channels: 4, photometric: 2 }, Buffer.alloc(4 * 80 * 80, 90));
    await expect(sharp(file, { failOn: 'warning' }).raw().toBuffer()).rejects.toThrow('Warning');
    for (const format of ['KEEP', 'JPEG', 'WEBP'] as const) {
      await expect(compress(file, { ...KEEP, format })).resolves.toBeDefined();
    }
  });

  it('of parts that are no pixels is none', async () => {
    const odd = pngChunk('tEXt', Buffer.from('a\0b'));
    odd.writeUInt32BE(1, odd.length - 4);
    const file = withPngChunks(await rough().png().toBuffer(), odd);
    const { compressed } = await compress(file, KEEP);
    expect(difference(await look(compressed.data), picture).mean).toBe(0);
  });

  it('of a start alone is told by the name of its format, or as damage', async () => {
    for (const [, build] of FILES) {
      const file = await build();
      const { code } = (await compress(file.subarray(0, 24), KEEP).catch((error: { code: string }) => error)) as {
        code: string;
      };
      expect(['CORRUPT_IMAGE', 'NOT_AN_IMAGE']).toContain(code);
    }
  });
});
