import sharp, { type Sharp } from 'sharp';
import type { CompressOptions } from '../../src/domain/options.js';
import { createCompressImage } from '../../src/images/compress-image.js';
import { buildTiff, pngChunk, withPngChunks } from '../support/build-images.js';
import { difference, look, open, scene } from '../support/pictures.js';

const picture = scene();
// What sharp has and its types do not.
const withGainMap = open(picture) as Sharp & { withGainMap(): Sharp };
/** As phones make them: a JPEG for every screen, and behind it what a brighter one adds. */
const ultraHdr = await withGainMap.withGainMap().jpeg({ quality: 98 }).toBuffer();
const GAIN_MAP = 'urn:iso:std:iso:ts:21496:-1';
const compress = createCompressImage({
  limits: { maxImagePixels: 10_000_000, maxImageFrames: 100 },
  timeoutSeconds: 30,
});
const KEEP: CompressOptions = { format: 'KEEP', quality: null, maxDimension: null, keepMetadata: false };
const HDR = /HDR/;
const [PQ, HLG, SRGB] = [16, 18, 13];
const [BT709, BT2020, P3] = [1, 9, 12];

const png = () => open(picture).png({ compressionLevel: 1 }).toBuffer();
const pngOf = async (type: string, ...values: Buffer[]) =>
  withPngChunks(await png(), pngChunk(type, Buffer.concat(values)), pngChunk('tEXt', Buffer.from('a\0b')));
const codes = (primaries: number, transfer: number) => Buffer.from([primaries, transfer, 0, 1]);
const words = (...values: number[]) =>
  Buffer.concat(
    values.map((value) => {
      const word = Buffer.alloc(4);
      word.writeUInt32BE(value);
      return word;
    }),
  );

/** Code points stand where the file had a profile. */
async function avifOf(primaries: number, transfer: number): Promise<Buffer> {
  const file = await open(picture).withIccProfile('p3').avif({ quality: 90, effort: 0 }).toBuffer();
  const at = file.indexOf('rICC');
  file.write('nclx', at, 'latin1');
  file.writeUInt16BE(primaries, at + 4);
  file.writeUInt16BE(transfer, at + 6);
  return file;
}

describe('a JPEG with a gain map', () => {
  it('is its picture for every screen, without the map', async () => {
    expect(ultraHdr.includes(GAIN_MAP)).toBe(true);
    const base = await look(ultraHdr);
    for (const format of ['KEEP', 'PNG', 'WEBP', 'AVIF'] as const) {
      const { compressed } = await compress(ultraHdr, { ...KEEP, format, quality: 95 });
      expect(difference(await look(compressed.data), base).mean).toBeLessThan(2);
      expect(compressed.data.includes(GAIN_MAP)).toBe(false);
    }
  });
});

describe('colours that are told by code points', () => {
  it.each([
    ['a PNG in PQ', () => pngOf('cICP', codes(BT2020, PQ)), 'cICP'],
    ['a PNG in HLG', () => pngOf('cICP', codes(BT2020, HLG)), 'cICP'],
    ['a PNG of Display P3', () => pngOf('cICP', codes(P3, SRGB)), 'cICP'],
    ['a PNG of a linear gamma', () => pngOf('gAMA', words(100_000)), 'gAMA'],
    [
      'a PNG of wide primaries',
      () => pngOf('cHRM', words(31_270, 32_900, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000)),
      'cHRM',
    ],
    ['an AVIF in PQ', () => avifOf(BT2020, PQ), 'nclx'],
    ['an AVIF in HLG', () => avifOf(BT2020, HLG), 'nclx'],
    ['an AVIF of Display P3', () => avifOf(P3, SRGB), 'nclx'],
  ])('stay so where they are not those of sRGB: %s', async (_, build, told) => {
    const file = await build();
    for (const asked of [{}, { format: 'WEBP' }, { format: 'JPEG' }, { maxDimension: 50 }, { quality: 50 }] as const) {
      const { compressed, warnings } = await compress(file, { ...KEEP, ...asked });
      expect(compressed.data.includes(told)).toBe(true);
      expect(compressed.data.includes('tEXt')).toBe(false);
      const [was, is] = await Promise.all([file, compressed.data].map((each) => sharp(each).raw().toBuffer()));
      expect(is?.equals(was ?? Buffer.alloc(0))).toBe(true);
      const converted = 'format' in asked || 'maxDimension' in asked;
      expect(warnings).toEqual(
        converted ? [expect.objectContaining({ code: 'NOT_CONVERTED', message: expect.stringMatching(HDR) })] : [],
      );
    }
  });

  it.each([
    ['cICP', () => pngOf('cICP', codes(BT709, SRGB))],
    ['gAMA', () => pngOf('gAMA', words(45_455))],
    [
      'sRGB beside another gAMA',
      async () => withPngChunks(await pngOf('gAMA', words(100_000)), pngChunk('sRGB', Buffer.from([0]))),
    ],
    ['an odd cICP', () => pngOf('cICP', Buffer.from([9]))],
    ['nclx', () => avifOf(BT709, SRGB)],
  ])('are converted where they are: %s', async (_, build) => {
    const file = await build();
    const { compressed, warnings } = await compress(file, { ...KEEP, format: 'WEBP', quality: 95 });
    expect([compressed.format, warnings]).toEqual(['webp', []]);
    expect(difference(await look(compressed.data), await look(file)).mean).toBeLessThan(2);
  });
});

describe('a TIFF', () => {
  const [width, height] = [60, 40];
  const FLOAT = 3;
  const CIELAB = 8;
  const samples = (channels: number, bytes: number, write: (all: Buffer, share: number, at: number) => void) => {
    const all = Buffer.alloc(width * height * channels * bytes);
    for (let at = 0; at < all.length; at += bytes) write(all, ((at / bytes / channels) % width) / width, at);
    return all;
  };
  const floats = (channels: number) => samples(channels, 4, (all, share, at) => all.writeFloatLE(share, at));
  const words = (channels: number) => samples(channels, 4, (all, share, at) => all.writeUInt32LE(share * 2 ** 32, at));
  const bytes = (channels: number) => samples(channels, 1, (all, share, at) => all.writeUInt8(share * 255, at));
  const sampleFormat = [339, 3, 1, FLOAT];

  it.each([
    [
      'of grey in floating point',
      buildTiff({ width, height, channels: 1, bits: 32, entries: [sampleFormat] }, floats(1)),
    ],
    ['of grey in 32 bits', buildTiff({ width, height, channels: 1, bits: 32 }, words(1))],
    ['of RGB in 32 bits', buildTiff({ width, height, channels: 3, bits: 32 }, words(3))],
    ['with two channels beside RGB', buildTiff({ width, height, channels: 5, entries: [[338, 3, 2, 0]] }, bytes(5))],
  ])('%s stays as it came, since its colours would come out wrong', async (_, file) => {
    for (const format of ['KEEP', 'PNG', 'JPEG', 'WEBP', 'AVIF'] as const) {
      for (const measureSimilarity of [false, true]) {
        const { compressed, warnings } = await compress(file, { ...KEEP, format, measureSimilarity });
        expect(compressed.data).toBe(file);
        expect(warnings.map(({ code }) => code)).toEqual(format === 'KEEP' ? [] : ['NOT_CONVERTED']);
      }
    }
  });

  it.each([
    ['six channels', buildTiff({ width, height, channels: 6 }, bytes(6))],
    ['8-bit Lab', buildTiff({ width, height, channels: 3, photometric: CIELAB }, bytes(3))],
  ])('of %s is told as one that is not read, not as damaged', async (_, file) => {
    await expect(compress(file, KEEP)).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
  });
});
