import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { CompressOptions } from '../../src/domain/options.js';
import { createCompressImage } from '../../src/images/compress-image.js';
import { ADOBE_RGB, greyProfile, rgbProfile } from '../support/build-icc.js';
import { buildPng, buildTiff, pngChunk, withJpegSegment } from '../support/build-images.js';
import { difference, greyed, look, open, type Picture, paint, scene, toLinear } from '../support/pictures.js';

const compress = createCompressImage({
  limits: { maxImagePixels: 10_000_000, maxImageFrames: 100 },
  timeoutSeconds: 30,
});
const GOOD: CompressOptions = { format: 'KEEP', quality: 95, maxDimension: null, keepMetadata: false };
const picture = scene(60, 40);
const { width, height, rgb } = picture;
const FORMATS = ['KEEP', 'JPEG', 'PNG', 'WEBP', 'AVIF'] as const;

/** Looks right for one who honours profiles, and, without metadata, for one who does not. */
async function expectLooks(file: Buffer, expected: Picture, limit = 4): Promise<void> {
  const ways = [
    ...FORMATS.map((format) => ({ format, quality: 95 })),
    // Without a quality a PNG keeps all that it has.
    ...(['KEEP', 'PNG'] as const).map((format) => ({ format, quality: null })),
  ];
  for (const { format, quality } of ways) {
    for (const keepMetadata of [false, true]) {
      const { compressed, keptOriginal } = await compress(file, { ...GOOD, format, quality, keepMetadata });
      expect(difference(await look(compressed.data), expected).mean).toBeLessThan(limit);
      const coded =
        !keptOriginal && compressed.format === (format === 'KEEP' ? compressed.format : format.toLowerCase());
      if (coded && !keepMetadata)
        expect(difference(await lookWithoutProfile(compressed.data), expected).mean).toBeLessThan(limit);
    }
  }
}

async function lookWithoutProfile(file: Buffer): Promise<Picture> {
  const { data, info } = await sharp(file, { ignoreIcc: true })
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

const iccSegment = (profile: Buffer) => Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1'), profile]);
const iccChunk = (profile: Buffer) => pngChunk('iCCP', Buffer.concat([Buffer.from('test\0\0'), deflateSync(profile)]));

/** The picture's colours as numbers of Adobe RGB. */
function inAdobeRgb(): Picture {
  const { primaries, gamma } = ADOBE_RGB;
  // From linear sRGB to XYZ against D50, and from there by the inverse of the primaries.
  const toXyz = [
    [0.4360747, 0.3850649, 0.1430804],
    [0.2225045, 0.7168786, 0.0606169],
    [0.0139322, 0.0971045, 0.7141733],
  ];
  const inverse = invert([0, 1, 2].map((row) => [primaries.r[row], primaries.g[row], primaries.b[row]] as number[]));
  return paint(width, height, (x, y) => {
    const at = 3 * (y * width + x);
    const linear = [0, 1, 2].map((channel) => toLinear(rgb.readUInt8(at + channel)));
    const adobe = apply(inverse, apply(toXyz, linear));
    return adobe.map((value) => 255 * Math.min(1, Math.max(0, value)) ** (1 / gamma));
  });
}

function apply(matrix: number[][], vector: number[]): number[] {
  return matrix.map((row) => row.reduce((sum, value, index) => sum + value * (vector[index] ?? 0), 0));
}

function invert(matrix: number[][]): number[][] {
  const [[a = 0, b = 0, c = 0] = [], [d = 0, e = 0, f = 0] = [], [g = 0, h = 0, i = 0] = []] = matrix;
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ].map((row) => row.map((value) => value / determinant));
}

describe('colours', () => {
  it('of Display P3 look right', async () => {
    await expectLooks(
      await open(picture).withIccProfile('p3').jpeg({ quality: 98, chromaSubsampling: '4:4:4' }).toBuffer(),
      picture,
    );
    await expectLooks(await open(picture).withIccProfile('p3').png().toBuffer(), picture);
    await expectLooks(await open(picture).withIccProfile('p3').webp({ lossless: true }).toBuffer(), picture);
    await expectLooks(await open(picture).withIccProfile('p3').tiff({ compression: 'none' }).toBuffer(), picture);
    const avif = { quality: 95, effort: 0, chromaSubsampling: '4:4:4' };
    await expectLooks(await open(picture).withIccProfile('p3').avif(avif).toBuffer(), picture);
  });

  it('of Display P3 in 16 bits look right', async () => {
    await expectLooks(await open(picture).toColourspace('rgb16').withIccProfile('p3').png().toBuffer(), picture);
    await expectLooks(
      await open(picture).toColourspace('rgb16').withIccProfile('p3').tiff({ compression: 'none' }).toBuffer(),
      picture,
    );
  });

  it('of Adobe RGB look right', async () => {
    const profile = rgbProfile(ADOBE_RGB.primaries, ADOBE_RGB.gamma);
    const adobe = inAdobeRgb();
    expect(difference(adobe, picture).mean).toBeGreaterThan(4);
    const jpeg = await open(adobe).jpeg({ quality: 98, chromaSubsampling: '4:4:4' }).toBuffer();
    await expectLooks(withJpegSegment(jpeg, 0xe2, iccSegment(profile)), picture);
    await expectLooks(
      buildPng({ width, height, depth: 8, colour: 2, chunks: [iccChunk(profile)] }, adobe.rgb),
      picture,
    );
    const wide = Buffer.from([...adobe.rgb].flatMap((value) => [value, value]));
    await expectLooks(buildPng({ width, height, depth: 16, colour: 2, chunks: [iccChunk(profile)] }, wide), picture);
  });

  it('of grey profiles look right', async () => {
    const grey = greyed(picture);
    const values = [...grey.rgb].filter((_, index) => index % 3 === 0);
    const linear = values.map((value) => 255 * toLinear(value) ** (1 / 1.4));
    const rows = Buffer.from(linear.map(Math.round));
    const profile = greyProfile(1.4);
    await expectLooks(buildPng({ width, height, depth: 8, colour: 0, chunks: [iccChunk(profile)] }, rows), grey);
    const deep = Buffer.alloc(rows.length * 2);
    linear.forEach((value, index) => {
      deep.writeUInt16BE(Math.round(value * 257), index * 2);
    });
    await expectLooks(buildPng({ width, height, depth: 16, colour: 0, chunks: [iccChunk(profile)] }, deep), grey);
    const jpeg = await sharp(rows, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .jpeg({ quality: 100 })
      .toBuffer();
    await expectLooks(withJpegSegment(jpeg, 0xe2, iccSegment(profile)), grey);
  });

  it('of CMYK and YCCK, with and without a profile, look right', async () => {
    const cmyk = await open(picture)
      .toColourspace('cmyk')
      .withIccProfile('cmyk')
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const expected = await look(cmyk);
    // Printing inks hold fewer colours: what is compared is a reference decoding, which is near the picture.
    expect(difference(expected, picture).mean).toBeLessThan(14);
    await expectLooks(cmyk, expected, 4);
    const bare = withoutProfile(cmyk);
    await expectLooks(bare, await look(bare), 4);
    const ycck = await toYcck(cmyk);
    expect(await sharp(ycck).metadata()).toMatchObject({ space: 'cmyk' });
    expect(difference(await look(ycck), expected).mean).toBeLessThan(2);
    await expectLooks(ycck, expected, 4);
    const { compressed } = await compress(cmyk, GOOD);
    expect(await sharp(compressed.data).metadata()).toMatchObject({ space: 'srgb', channels: 3 });
  });
});

/** A JPEG without its segments of the profile. */
function withoutProfile(jpeg: Buffer): Buffer {
  const parts = [jpeg.subarray(0, 2)];
  for (let at = 2; at < jpeg.length; ) {
    const end = at + 2 + jpeg.readUInt16BE(at + 2);
    if (jpeg[at + 1] === 0xda) {
      parts.push(jpeg.subarray(at));
      break;
    }
    if (jpeg[at + 1] !== 0xe2) parts.push(jpeg.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

/** The same inks, coded as brightness and colour: Adobe's transform 2. */
async function toYcck(cmyk: Buffer): Promise<Buffer> {
  const { data, info } = await sharp(cmyk)
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const inks = Buffer.alloc(data.length);
  for (let at = 0; at < data.length; at += 4) {
    const [c = 0, m = 0, y = 0, k = 0] = data.subarray(at, at + 4);
    // As it is stored an ink is turned around; so is each of these.
    const [r, g, b] = [c, m, y];
    const luma = 0.299 * r + 0.587 * g + 0.114 * b;
    const values = [luma, 128 + 0.564 * (b - luma), 128 + 0.713 * (r - luma)];
    inks.set([...values.map((value) => 255 - Math.min(255, Math.max(0, Math.round(value)))), k], at);
  }
  const tiff = buildTiff({ width: info.width, height: info.height, channels: 4 }, inks);
  const coded = await sharp(tiff)
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer();
  const adobe = coded.indexOf('Adobe');
  coded.writeUInt8(2, adobe + 11);
  return coded;
}
