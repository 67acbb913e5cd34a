import sharp from 'sharp';
import type { CompressOptions } from '../../src/domain/options.js';
import { createCompressImage } from '../../src/images/compress-image.js';
import { buildApng, buildPng, pngChunk } from '../support/build-images.js';
import { difference, greyed, look, open, type Picture, paint, scene, stored } from '../support/pictures.js';

const compress = createCompressImage({
  limits: { maxImagePixels: 10_000_000, maxImageFrames: 100 },
  timeoutSeconds: 30,
});
const KEEP: CompressOptions = { format: 'KEEP', quality: null, maxDimension: null, keepMetadata: false };
/** A quality at which what differs is a fault, not a loss. */
const GOOD = { ...KEEP, quality: 95 };
const picture = scene();
const ENCODED = ['JPEG', 'PNG', 'WEBP', 'AVIF'] as const;

async function expectSame(file: Buffer, expected: Picture, limit = 2): Promise<void> {
  const { mean, worst } = difference(await look(file), expected);
  expect(mean).toBeLessThan(limit);
  expect(worst).toBeLessThan(limit * 5);
}

/** The file and what it shows, through every output format. */
async function expectSameInEveryFormat(file: Buffer, expected: Picture, limit = 2): Promise<void> {
  for (const format of ['KEEP', ...ENCODED] as const) {
    const { compressed, original } = await compress(file, { ...GOOD, format });
    expect([original.width, original.height]).toEqual([expected.width, expected.height]);
    expect([compressed.width, compressed.height]).toEqual([expected.width, expected.height]);
    await expectSame(compressed.data, expected, limit);
  }
}

describe('a JPEG', () => {
  it.each([
    ['baseline', { progressive: false }],
    ['progressive', { progressive: true }],
    ['with restarts and other tables', { mozjpeg: true }],
    ['with full chroma', { chromaSubsampling: '4:4:4' }],
  ] as const)('that is %s looks the same', async (_, options) => {
    await expectSameInEveryFormat(
      await open(picture)
        .jpeg({ quality: 98, ...options })
        .toBuffer(),
      picture,
    );
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('of EXIF orientation %i is upright in every format', async (orientation) => {
    const file = await open(stored(picture, orientation))
      .jpeg({ quality: 98 })
      .withMetadata({ orientation })
      .toBuffer();
    await expectSameInEveryFormat(file, picture);
  });

  it('in shades of grey stays so', async () => {
    const grey = greyed(picture);
    const file = await open(grey).toColourspace('b-w').jpeg({ quality: 100 }).toBuffer();
    const { compressed } = await compress(file, KEEP);
    expect(await sharp(compressed.data).metadata()).toMatchObject({ space: 'b-w', channels: 1 });
    await expectSameInEveryFormat(file, grey);
  });

  it('with other pictures or bytes behind its end is its first picture, without them', async () => {
    const first = await open(picture).jpeg({ quality: 98 }).toBuffer();
    const second = await open(scene(80, 60)).jpeg().toBuffer();
    for (const rest of [second, Buffer.from('trailing'), Buffer.concat([second, second])]) {
      const { compressed } = await compress(Buffer.concat([first, rest]), GOOD);
      await expectSame(compressed.data, picture);
      expect(compressed.data.length).toBeLessThanOrEqual(first.length);
    }
  });

  it('with bytes too many behind its last pixel is whole', async () => {
    const file = await open(picture).jpeg({ quality: 98, progressive: true }).toBuffer();
    const padded = Buffer.concat([file.subarray(0, -2), Buffer.alloc(7, 1), file.subarray(-2)]);
    await expectSame((await compress(padded, GOOD)).compressed.data, picture);
  });
});

describe('a PNG', () => {
  const { width, height, rgb } = picture;
  const grey = Buffer.from(rgb.filter((_, index) => index % 3 === 1));
  const wide = (bytes: Buffer) => Buffer.from([...bytes].flatMap((value) => [value, value]));
  const half = (bytes: Buffer, channels: number) =>
    Buffer.concat(
      Array.from({ length: width * height }, (_, at) => [
        bytes.subarray(at * channels, (at + 1) * channels),
        Buffer.from([128]),
      ]).flat(),
    );
  const onWhite = ({ rgb: solid }: Picture): Picture => ({
    width,
    height,
    rgb: Buffer.from(solid.map((value) => Math.round((value * 128 + 255 * 127) / 255))),
  });

  it.each([
    ['RGB', () => buildPng({ width, height, depth: 8, colour: 2 }, rgb), picture],
    ['16 bits of RGB', () => buildPng({ width, height, depth: 16, colour: 2 }, wide(rgb)), picture],
    ['16 bits of grey', () => buildPng({ width, height, depth: 16, colour: 0 }, wide(grey)), greyed(picture)],
    ['grey', () => buildPng({ width, height, depth: 8, colour: 0 }, grey), greyed(picture)],
    ['grey and alpha', () => buildPng({ width, height, depth: 8, colour: 4 }, half(grey, 1)), onWhite(greyed(picture))],
    ['RGB and alpha', () => buildPng({ width, height, depth: 8, colour: 6 }, half(rgb, 3)), onWhite(picture)],
  ])('of %s looks the same in every format', async (_, build, expected) => {
    await expectSameInEveryFormat(build(), expected);
  });

  it('that is interlaced looks the same', async () => {
    await expectSameInEveryFormat(await open(picture).png({ progressive: true }).toBuffer(), picture);
  });

  it('of a palette, or with one transparent colour, looks the same', async () => {
    const palette = pngChunk('PLTE', Buffer.from([200, 30, 30, 30, 160, 60]));
    const rows = Buffer.from(Array.from({ length: width * height }, (_, at) => (at % width < 50 ? 0 : 1)));
    const transparent = pngChunk('tRNS', Buffer.from([0]));
    const colours = { 0: [200, 30, 30], 1: [30, 160, 60] };
    const seen = (left: number[]) => paint(width, height, (x) => (x < 50 ? left : colours[1]));
    const options = { width, height, depth: 8, colour: 3 };
    await expectSameInEveryFormat(buildPng({ ...options, chunks: [palette] }, rows), seen(colours[0]));
    await expectSameInEveryFormat(
      buildPng({ ...options, chunks: [palette, transparent] }, rows),
      seen([255, 255, 255]),
    );
    const key = pngChunk('tRNS', Buffer.from([0, 200, 0, 30, 0, 30]));
    const flat = Buffer.from([...rows].flatMap((index) => (index === 0 ? colours[0] : colours[1])));
    await expectSameInEveryFormat(
      buildPng({ width, height, depth: 8, colour: 2, chunks: [key] }, flat),
      seen([255, 255, 255]),
    );
  });

  it('of 16 bits keeps them', async () => {
    const deep = Buffer.alloc(width * height * 6);
    for (let at = 0; at < deep.length; at += 2) deep.writeUInt16BE((at * 7) % 65_536, at);
    const { compressed, keptOriginal } = await compress(
      await sharp(buildPng({ width, height, depth: 16, colour: 2 }, deep))
        .png({ compressionLevel: 0 })
        .toColourspace('rgb16')
        .toBuffer(),
      KEEP,
    );
    expect(keptOriginal).toBe(false);
    const raw = await sharp(compressed.data).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
    expect(raw.swap16().equals(deep)).toBe(true);
  });

  it('that moves stays as it is, unless the format chosen holds one picture', async () => {
    const frames = [picture.rgb, greyed(picture).rgb];
    const apng = buildApng(width, height, frames);
    for (const format of ['KEEP', 'PNG'] as const) {
      expect(await compress(apng, { ...KEEP, format })).toMatchObject({
        keptOriginal: true,
        compressed: { data: apng },
        warnings: [],
      });
    }
    for (const options of [{ format: 'WEBP' as const }, { maxDimension: 50 }]) {
      const { compressed, warnings } = await compress(apng, { ...KEEP, ...options });
      expect(compressed.data).toBe(apng);
      expect(warnings).toEqual([
        expect.objectContaining({ code: 'NOT_CONVERTED', message: expect.stringContaining('frames') }),
      ]);
    }
    const { compressed, warnings } = await compress(apng, { ...GOOD, format: 'JPEG' });
    expect(warnings.map(({ code }) => code)).toEqual(['FIRST_FRAME_ONLY']);
    await expectSame(compressed.data, picture);
  });
});

describe('an animation', () => {
  /** Transparent in a column of its own for each frame, and opaque elsewhere. */
  const hole = (at: number) => {
    const { width, height } = picture;
    const alpha = Array.from({ length: width * height }, (_, index) => {
      const column = (index % width) - 20 * at;
      return column >= 0 && column < 20 ? 0 : 255;
    });
    return sharp(Buffer.from(alpha), { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
  };
  const frames = [picture, greyed(picture), scene(picture.width, picture.height)].map((frame, index) => ({
    ...frame,
    rgb: index === 2 ? Buffer.from(frame.rgb).reverse() : frame.rgb,
  }));
  const build = async (format: 'gif' | 'webp') =>
    sharp(await Promise.all(frames.map((frame) => open(frame).png().toBuffer())), { join: { animated: true } })
      .toFormat(format, { quality: 100, ...(format === 'webp' && { lossless: true }), delay: [100, 250, 400], loop: 3 })
      .toBuffer();

  it.each([
    ['gif', 'KEEP', 'gif'],
    ['gif', 'WEBP', 'webp'],
    ['webp', 'KEEP', 'webp'],
    ['webp', 'WEBP', 'webp'],
  ] as const)('in %s with %s keeps its frames, their times and how often it is shown', async (from, format, to) => {
    const file = await build(from);
    const { compressed, warnings } = await compress(file, { ...KEEP, format });
    expect(warnings).toEqual([]);
    expect(compressed).toMatchObject({ format: to, width: picture.width, height: picture.height });
    const told = await sharp(compressed.data, { animated: true }).metadata();
    expect(told).toMatchObject({ pages: 3, delay: [100, 250, 400], loop: 3 });
    for (const page of [0, 1, 2]) {
      const { mean } = difference(await look(compressed.data, page), await look(file, page));
      expect(mean).toBeLessThan(4);
    }
  });

  it.each(['gif', 'webp'] as const)('in %s keeps what is seen through in each frame', async (from) => {
    const holes = frames.map(async (frame, at) =>
      open(frame)
        .joinChannel(await hole(at))
        .png()
        .toBuffer(),
    );
    const file = await sharp(await Promise.all(holes), { join: { animated: true } })
      .toFormat(from, from === 'webp' ? { quality: 95 } : {})
      .toBuffer();
    for (const format of ['KEEP', 'WEBP'] as const) {
      for (const maxDimension of [null, 119]) {
        const { compressed } = await compress(file, { ...KEEP, format, maxDimension });
        for (const page of [0, 1, 2]) {
          const { data, info } = await sharp(compressed.data, { page })
            .ensureAlpha()
            .raw()
            .toBuffer({ resolveWithObject: true });
          const alpha = (x: number) => data[4 * (10 * info.width + x) + 3] ?? 0;
          expect(alpha(20 * page + 10)).toBe(0);
          expect(alpha(100)).toBe(255);
        }
      }
    }
  });

  it('is scaled down frame by frame', async () => {
    for (const format of ['gif', 'webp'] as const) {
      const { compressed } = await compress(await build(format), { ...KEEP, maxDimension: 60 });
      expect(compressed).toMatchObject({ format, width: 60, height: 40 });
      for (const page of [0, 1, 2]) {
        const expected = await open(frames[page] ?? picture)
          .resize(60, 40)
          .png()
          .toBuffer();
        expect(difference(await look(compressed.data, page), await look(expected)).mean).toBeLessThan(5);
      }
    }
  });

  it('in WebP that is turned stays so, whether its other metadata is kept or not', async () => {
    const file = await sharp(await build('webp'), { animated: true })
      .webp({ lossless: true })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    for (const options of [{}, { maxDimension: 60 }, { keepMetadata: true }]) {
      const { compressed, keptOriginal } = await compress(file, { ...KEEP, quality: 60, ...options });
      expect(keptOriginal).toBe(false);
      expect(await sharp(compressed.data).metadata()).toMatchObject({ orientation: 6, pages: 3 });
    }
  });

  it('in a format of one picture is its first frame, and that is told', async () => {
    for (const format of ['JPEG', 'PNG', 'AVIF'] as const) {
      const { compressed, warnings } = await compress(await build('gif'), { ...GOOD, format });
      if (compressed.format === 'gif') {
        expect(warnings.map(({ code }) => code)).toEqual(['NOT_CONVERTED']);
        continue;
      }
      expect(warnings.map(({ code }) => code)).toEqual(['FIRST_FRAME_ONLY']);
      await expectSame(compressed.data, await look(await build('gif')), 3);
    }
  });
});

describe('an AVIF that moves', () => {
  it('stays as it is, unless the format chosen holds one picture', async () => {
    const still = await open(picture).avif({ quality: 95, effort: 0 }).toBuffer();
    // A brand says so; the picture that comes first is like that of a still.
    const moving = Buffer.from(still.toString('latin1').replace('miaf', 'avis'), 'latin1');
    for (const format of ['KEEP', 'AVIF', 'WEBP'] as const) {
      const { compressed, warnings } = await compress(moving, { ...KEEP, format, quality: 10 });
      expect(compressed.data).toBe(moving);
      expect(warnings.map(({ code }) => code)).toEqual(format === 'WEBP' ? ['NOT_CONVERTED'] : []);
    }
    const { compressed, warnings } = await compress(moving, { ...KEEP, format: 'JPEG' });
    if (compressed.format === 'jpeg') expect(warnings.map(({ code }) => code)).toEqual(['FIRST_FRAME_ONLY']);
    await expectSame(compressed.data, picture, 4);
    const only = Buffer.from(still.toString('latin1').replace('ftypavif', 'ftypavis'), 'latin1');
    await expect(compress(only, KEEP)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringContaining('AVIF'),
    });
  });
});

describe('every other format', () => {
  it.each([
    ['WebP with loss', () => open(picture).webp({ quality: 98 })],
    ['WebP without loss', () => open(picture).webp({ lossless: true })],
    ['AVIF', () => open(picture).avif({ quality: 95, effort: 0, chromaSubsampling: '4:4:4' })],
    ['TIFF', () => open(picture).tiff({ compression: 'none' })],
    ['TIFF in tiles', () => open(picture).tiff({ compression: 'lzw', tile: true, tileWidth: 64, tileHeight: 64 })],
    ['TIFF of JPEG', () => open(picture).tiff({ compression: 'jpeg', quality: 98 })],
    ['BigTIFF', () => open(picture).tiff({ compression: 'deflate', bigtiff: true })],
  ])('%s looks the same', async (_, build) => {
    await expectSameInEveryFormat(await build().toBuffer(), picture, 2.5);
  });

  it.each(['webp', 'avif'] as const)('%s keeps transparency', async (format) => {
    const file = await open(picture).ensureAlpha(0.5).toFormat(format, { quality: 95 }).toBuffer();
    for (const to of ['KEEP', 'PNG', 'WEBP', 'AVIF'] as const) {
      const { compressed } = await compress(file, { ...GOOD, format: to });
      expect((await sharp(compressed.data).stats()).isOpaque).toBe(false);
      await expectSame(compressed.data, await look(file), 2.5);
    }
  });

  it.each(['png', 'webp', 'tiff'] as const)('%s with an orientation is upright', async (format) => {
    for (const orientation of [2, 6, 8]) {
      const file = await open(stored(picture, orientation)).toFormat(format).withMetadata({ orientation }).toBuffer();
      await expectSameInEveryFormat(file, picture, 3);
    }
  });

  it('a TIFF of several pages stays as it is; in another format it is its first page, and that is told', async () => {
    const pages = await Promise.all([picture, greyed(picture)].map((page) => open(page).png().toBuffer()));
    const file = await sharp(pages, { join: { animated: true } })
      .tiff({ compression: 'none' })
      .toBuffer();
    const kept = await compress(file, KEEP);
    expect((await sharp(kept.compressed.data).metadata()).pages).toBe(2);
    expect(difference(await look(kept.compressed.data, 1), greyed(picture)).mean).toBeLessThan(1);
    const { compressed, warnings } = await compress(file, { ...GOOD, format: 'WEBP' });
    expect(warnings.map(({ code }) => code)).toEqual(['FIRST_FRAME_ONLY']);
    await expectSame(compressed.data, picture);
  });
});

describe('a side that is longer than the format chosen has', () => {
  const bar = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#c83c1e' } })
      .png()
      .toBuffer();

  it.each([
    ['WEBP', 16_383],
    ['AVIF', 16_384],
    ['JPEG', 65_500],
  ] as const)('leaves the image as it came, and that is told: %s', async (format, most) => {
    for (const file of [await bar(8, most + 1), await bar(most + 1, 8)]) {
      const { compressed, warnings } = await compress(file, { ...KEEP, format });
      expect(compressed).toMatchObject({ format: 'png', data: file });
      expect(warnings).toEqual([
        expect.objectContaining({ code: 'NOT_CONVERTED', message: expect.stringContaining(String(most)) }),
      ]);
      const options = { ...KEEP, format, maxDimension: most };
      const smaller = await compress(await sharp(file).png({ compressionLevel: 0 }).toBuffer(), options);
      expect(smaller).toMatchObject({ compressed: { format: format.toLowerCase() }, warnings: [] });
      expect(Math.max(smaller.compressed.width, smaller.compressed.height)).toBe(most);
    }
  });

  it('is no damage of a tall banner, nor of an animation or a drawing', async () => {
    const banner = await bar(300, 17_000);
    const frame = (background: string) => ({ create: { width: 4, height: 17_000, channels: 3 as const, background } });
    const frames = await Promise.all(['#f00', '#00f'].map((colour) => sharp(frame(colour)).png().toBuffer()));
    const moving = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const drawing = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="20" height="17000"><g/></svg>');
    for (const file of [banner, moving, drawing]) {
      const { compressed, warnings } = await compress(file, { ...KEEP, format: 'WEBP' });
      expect([compressed.width, compressed.height]).toContain(17_000);
      expect(warnings.map(({ code }) => code)).toEqual(['NOT_CONVERTED']);
    }
  });
});

describe('what JPEG cannot hold', () => {
  it('is told of transparency that was seen, not of a channel that is all opaque', async () => {
    const codes = async (alpha: number) => {
      const file = await open(picture).ensureAlpha(alpha).png({ compressionLevel: 0 }).toBuffer();
      const { compressed, warnings } = await compress(file, { ...KEEP, format: 'JPEG' });
      expect(compressed.format).toBe('jpeg');
      return warnings.map(({ code }) => code);
    };
    expect(await codes(0.5)).toEqual(['TRANSPARENCY_FLATTENED']);
    expect(await codes(1)).toEqual([]);
  });
});

describe('an SVG', () => {
  const svg = (inside: string, size = 'width="120" height="80"') =>
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${size}>${inside}</svg>`,
    );
  const padding = `<!--${'x'.repeat(20_000)}-->`;

  it('stays as it is under KEEP, and is drawn where a format is chosen', async () => {
    const file = svg(`${padding}<rect width="60" height="80" fill="#c82020"/>`);
    expect(await compress(file, KEEP)).toMatchObject({ keptOriginal: true, compressed: { data: file, format: 'svg' } });
    const drawn = paint(120, 80, (x) => (x < 60 ? [200, 32, 32] : [255, 255, 255]));
    for (const format of ENCODED) {
      const { compressed } = await compress(file, { ...GOOD, format });
      expect(compressed.format).toBe(format.toLowerCase());
      await expectSame(compressed.data, drawn);
    }
    const { compressed } = await compress(file, { ...GOOD, format: 'PNG', maxDimension: 60 });
    expect(compressed).toMatchObject({ width: 60, height: 40 });
  });

  it('reads nothing from outside', async () => {
    const secret = await open(paint(120, 80, () => [0, 0, 255]))
      .png()
      .toBuffer();
    const { mkdtemp, rm, writeFile } = await import('node:fs/promises');
    const { tmpdir } = await import('node:os');
    const { join } = await import('node:path');
    const directory = await mkdtemp(join(tmpdir(), 'pixelpress-svg-'));
    await writeFile(join(directory, 'secret.png'), secret);
    for (const href of [`file://${directory}/secret.png`, `${directory}/secret.png`, 'http://127.0.0.1:9/secret.png']) {
      const file = svg(
        `${padding}<rect width="120" height="80" fill="#208020"/><image width="120" height="80" href="${href}" xlink:href="${href}"/>`,
      );
      const { compressed } = await compress(file, { ...GOOD, format: 'PNG' });
      await expectSame(
        compressed.data,
        paint(120, 80, () => [32, 128, 32]),
      );
    }
    await rm(directory, { recursive: true });
  });

  it('of a huge size, or that is packed, is refused', async () => {
    const huge = svg('<rect width="9" height="9"/>', 'width="30000" height="30000"');
    await expect(compress(huge, KEEP)).rejects.toMatchObject({ code: 'TOO_MANY_PIXELS' });
    const endless = svg('<rect width="9" height="9"/>', 'width="99999999" height="99999999"');
    await expect(compress(endless, KEEP)).rejects.toMatchObject({
      code: expect.stringMatching(/TOO_MANY_PIXELS|CORRUPT/),
    });
    const { gzipSync } = await import('node:zlib');
    await expect(compress(gzipSync(svg('')), KEEP)).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
  });
});

describe('what is not read', () => {
  it('is named, whatever libvips could make of it', async () => {
    const avif = await open(picture).avif({ effort: 0 }).toBuffer();
    const heic = Buffer.from(
      avif.toString('latin1').replaceAll('ftypavif', 'ftypheic').replaceAll('av01', 'hvc1').replaceAll('av1C', 'hvcC'),
      'latin1',
    );
    await expect(compress(heic, KEEP)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringContaining('HEIC'),
    });
    const portable = Buffer.concat([Buffer.from('P6\n2 1\n255\n'), Buffer.from([1, 2, 3, 4, 5, 6])]);
    const table = Buffer.from('1,2,3\n4,5,6\n');
    for (const bytes of [portable, table]) {
      await expect(compress(bytes, KEEP)).rejects.toMatchObject({ code: 'NOT_AN_IMAGE' });
    }
  });
});
