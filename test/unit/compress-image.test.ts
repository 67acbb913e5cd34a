import sharp, { type Sharp } from 'sharp';
import type { CompressOptions } from '../../src/domain/options.js';
import { createCompressImage } from '../../src/images/compress-image.js';
import { noisyJpeg } from '../support/start-origin.js';

const compress = createCompressImage({
  limits: { maxImagePixels: 10_000_000, maxImageFrames: 1_000 },
  timeoutSeconds: 30,
});
const KEEP: CompressOptions = { format: 'KEEP', quality: null, maxDimension: null, keepMetadata: false };

/** Red, green, blue and grey quarters: turning or colouring it wrongly shows. */
async function quarters(width = 400, height = 300): Promise<Sharp> {
  const tile = (background: object | string) => ({
    create: { width: width / 2, height: height / 2, channels: 3 as const, background },
  });
  const places = [
    ['#c03030', 'northwest'],
    ['#30c030', 'northeast'],
    ['#3030c0', 'southwest'],
  ] as const;
  const tiles = await Promise.all(
    places.map(async ([colour, gravity]) => ({ input: await sharp(tile(colour)).png().toBuffer(), gravity })),
  );
  const flat = sharp({ create: { width, height, channels: 3, background: '#808080' } }).composite(tiles);
  return sharp(await flat.png().toBuffer());
}

/** Mean difference of two pictures, 0 to 255, as a viewer sees them. */
async function difference(a: Buffer, b: Buffer): Promise<number> {
  const pixels = (input: Buffer) =>
    sharp(input)
      .autoOrient()
      .toColourspace('srgb')
      .flatten({ background: '#fff' })
      .resize(100, 100, { fit: 'fill' })
      .raw()
      .toBuffer();
  const [left, right] = await Promise.all([pixels(a), pixels(b)]);
  expect(left.length).toBe(right.length);
  return left.reduce((sum, value, index) => sum + Math.abs(value - (right[index] ?? 0)), 0) / left.length;
}

describe('compressing', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('keeps a JPEG of EXIF orientation %i upright', async (orientation) => {
    const original = await (await quarters()).jpeg({ quality: 100 }).withMetadata({ orientation }).toBuffer();
    const { compressed, keptOriginal } = await compress(original, KEEP);
    expect(keptOriginal).toBe(false);
    expect([compressed.width, compressed.height]).toEqual(orientation > 4 ? [300, 400] : [400, 300]);
    expect(await difference(original, compressed.data)).toBeLessThan(4);
  });

  it.each(['JPEG', 'PNG', 'WEBP', 'AVIF'] as const)('gives back %s that looks the same', async (format) => {
    const original = await noisyJpeg(300, 200);
    const { compressed } = await compress(original, { ...KEEP, format });
    expect(await difference(original, compressed.data)).toBeLessThan(6);
  });

  it('is never larger than the original, whatever is asked for', async () => {
    const tight = await sharp(await noisyJpeg(300, 200))
      .jpeg({ quality: 20, mozjpeg: true })
      .toBuffer();
    for (const format of ['KEEP', 'JPEG', 'PNG', 'WEBP', 'AVIF'] as const) {
      const { compressed, keptOriginal } = await compress(tight, { ...KEEP, format, quality: 100 });
      expect(compressed.data.length).toBeLessThanOrEqual(tight.length);
      expect(keptOriginal).toBe(compressed.data === tight);
    }
  });

  it('keeps transparency where the format has it, and puts white behind it where not', async () => {
    const clear = await sharp({
      create: { width: 200, height: 200, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0.5 } },
    })
      .png({ compressionLevel: 0 })
      .toBuffer();
    for (const format of ['KEEP', 'WEBP', 'AVIF'] as const) {
      const { compressed } = await compress(clear, { ...KEEP, format });
      expect((await sharp(compressed.data).stats()).isOpaque).toBe(false);
    }
    const { compressed } = await compress(clear, { ...KEEP, format: 'JPEG' });
    const { dominant } = await sharp(compressed.data).stats();
    expect(dominant.g).toBeGreaterThan(110);
  });

  it('turns CMYK, grey and wide-gamut pictures into what they look like', async () => {
    const base = await (await quarters()).jpeg({ quality: 100 }).toBuffer();
    const variants = [
      await sharp(base).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer(),
      await sharp(base).greyscale().jpeg({ quality: 100 }).toBuffer(),
      await sharp(base).withIccProfile('p3').jpeg({ quality: 100 }).toBuffer(),
    ];
    for (const original of variants) {
      const { compressed } = await compress(original, KEEP);
      expect(await difference(original, compressed.data)).toBeLessThan(8);
    }
  });

  it('keeps the frames of an animation', async () => {
    const frames = await Promise.all(
      ['#f00', '#0f0', '#00f'].map((background) =>
        sharp({ create: { width: 50, height: 40, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    for (const format of ['webp', 'gif'] as const) {
      const original = await sharp(frames, { join: { animated: true } })
        .toFormat(format, { quality: 100 })
        .toBuffer();
      const { compressed } = await compress(original, KEEP);
      expect([compressed.width, compressed.height]).toEqual([50, 40]);
      expect((await sharp(compressed.data, { animated: true }).metadata()).pages).toBe(3);
    }
  });

  it('scales a larger image down to maxDimension, and leaves a smaller one', async () => {
    const original = await noisyJpeg(800, 400);
    const { compressed } = await compress(original, { ...KEEP, maxDimension: 200 });
    expect([compressed.width, compressed.height]).toEqual([200, 100]);
    expect((await compress(original, { ...KEEP, maxDimension: 2000 })).compressed.width).toBe(800);
  });

  it('strips metadata unless it is to be kept', async () => {
    const original = await sharp(await noisyJpeg(300, 200))
      .withExif({ IFD0: { Copyright: 'Ann' } })
      .jpeg({ quality: 100 })
      .toBuffer();
    const exifOf = async (keepMetadata: boolean) =>
      (await sharp((await compress(original, { ...KEEP, keepMetadata })).compressed.data).metadata()).exif;
    expect(await exifOf(false)).toBeUndefined();
    expect((await exifOf(true))?.includes('Ann')).toBe(true);
  });

  it('tells what is no image, not supported, damaged or too large', async () => {
    const jpeg = await noisyJpeg(640, 480);
    const png = await sharp(jpeg).png().toBuffer();
    const cases: [Buffer, string, RegExp][] = [
      [Buffer.from('<!DOCTYPE html><html></html>'), 'NOT_AN_IMAGE', /web page/],
      [Buffer.from('hello'), 'NOT_AN_IMAGE', /not an image/],
      [Buffer.from(`BM${'x'.repeat(100)}`), 'UNSUPPORTED_FORMAT', /BMP/],
      [Buffer.from('00000018667479706865696300000000', 'hex'), 'UNSUPPORTED_FORMAT', /HEIC/],
      [jpeg.subarray(0, jpeg.length / 2), 'CORRUPT_IMAGE', /damaged/],
      [png.subarray(0, png.length / 2), 'CORRUPT_IMAGE', /damaged/],
      [jpeg.subarray(0, 20), 'CORRUPT_IMAGE', /damaged/],
      [
        await sharp({ create: { width: 5_000, height: 5_000, channels: 3, background: '#fff' } })
          .png()
          .toBuffer(),
        'TOO_MANY_PIXELS',
        /25000000/,
      ],
    ];
    for (const [bytes, code, message] of cases) {
      await expect(compress(bytes, KEEP)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    }
  });

  it('keeps an SVG as it is, and rasterises it only where a format is chosen', async () => {
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><rect width="90" height="60" fill="red"/></svg>',
    );
    expect(await compress(svg, KEEP)).toMatchObject({
      keptOriginal: true,
      compressed: { format: 'svg', width: 90, height: 60 },
    });
  });
});
