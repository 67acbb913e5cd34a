import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { CompressOptions } from '../../src/domain/options.js';
import { createCompressImage } from '../../src/images/compress-image.js';
import { stripTiff } from '../../src/images/containers/tiff.js';
import {
  buildApng,
  buildGif,
  buildTiff,
  pngChunk,
  tiffDirectory,
  withJpegSegment,
  withPngChunks,
} from '../support/build-images.js';
import { difference, greyed, look, open, scene, stored } from '../support/pictures.js';

const compress = createCompressImage({
  limits: { maxImagePixels: 10_000_000, maxImageFrames: 100 },
  timeoutSeconds: 30,
});
const KEEP: CompressOptions = { format: 'KEEP', quality: null, maxDimension: null, keepMetadata: false };
const picture = scene();
/** Found in a file as these bytes, wherever it is. */
const PLACE = 'LATITUDE-52-31';
const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description exif:GPSLatitude="${PLACE}" xmlns:exif="http://ns.adobe.com/exif/1.0/"/></rdf:RDF></x:xmpmeta>`;

/** EXIF with a place, in the way of cameras, and in words. */
function exif(orientation: number): Buffer {
  const gps = 26 + 12;
  const main = tiffDirectory([
    [0x0112, 3, 1, orientation],
    [0x8825, 4, 1, gps],
  ]);
  const words = Buffer.from(PLACE);
  const place = tiffDirectory([
    [0x0002, 5, 3, 90],
    [0x001b, 7, words.length, 120],
  ]);
  const block = Buffer.alloc(140);
  block.write('II*\0\x08', 'latin1');
  main.copy(block, 8);
  place.copy(block, gps);
  block.writeUInt32LE(52, 90);
  words.copy(block, 120);
  return block;
}

const EXIF_JPEG = (orientation: number) => Buffer.concat([Buffer.from('Exif\0\0'), exif(orientation)]);
/** So small that coding it again makes it no smaller. */
const tight = () => open(picture).jpeg({ quality: 15, mozjpeg: true });

function holdsPlace(file: Buffer): boolean {
  return file.includes(PLACE) || file.includes('GPSLatitude');
}

const FILES: [string, (orientation: number) => Promise<Buffer>][] = [
  [
    'JPEG with EXIF',
    async (orientation) => withJpegSegment(await turned(orientation, 'jpeg'), 0xe1, EXIF_JPEG(orientation)),
  ],
  [
    'JPEG with XMP, a comment and Photoshop’s part',
    async () => {
      const xmp = Buffer.from(`http://ns.adobe.com/xap/1.0/\0${XMP}`);
      let file = withJpegSegment(await tight().toBuffer(), 0xe1, xmp);
      file = withJpegSegment(file, 0xfe, Buffer.from(PLACE));
      return withJpegSegment(file, 0xed, Buffer.from(`Photoshop 3.0\0${PLACE}`));
    },
  ],
  [
    'MPO whose second picture has EXIF',
    async () =>
      Buffer.concat([await tight().toBuffer(), withJpegSegment(await tight().toBuffer(), 0xe1, EXIF_JPEG(1))]),
  ],
  [
    'PNG with EXIF, XMP and texts',
    async (orientation) =>
      withPngChunks(
        await turned(orientation, 'png'),
        pngChunk('eXIf', exif(orientation)),
        pngChunk('iTXt', Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${XMP}`)),
        pngChunk('tEXt', Buffer.from(`Comment\0${PLACE}`)),
        pngChunk('prVt', Buffer.from(PLACE)),
      ),
  ],
  [
    'APNG with a text',
    async () =>
      withPngChunks(
        buildApng(picture.width, picture.height, [picture.rgb, picture.rgb]),
        pngChunk('tEXt', Buffer.from(`a\0${PLACE}`)),
      ),
  ],
  [
    'WebP with EXIF and XMP',
    async (orientation) => withWebpChunks(await turned(orientation, 'webp'), exif(orientation), Buffer.from(XMP)),
  ],
  [
    'AVIF with EXIF and XMP',
    async () =>
      open(picture)
        .withExif({ IFD0: { Copyright: PLACE } })
        .withXmp(XMP)
        .avif({ quality: 20, effort: 0 })
        .toBuffer(),
  ],
  [
    'GIF with a comment and XMP',
    async () => {
      const gif = buildGif(20, 20, 3);
      const comment = Buffer.concat([Buffer.from([0x21, 0xfe, PLACE.length]), Buffer.from(PLACE), Buffer.from([0])]);
      const xmp = Buffer.concat([
        Buffer.from([0x21, 0xff, 11]),
        Buffer.from('XMP DataXMP'),
        Buffer.from(XMP),
        magicTrailer(),
      ]);
      return Buffer.concat([gif.subarray(0, 19), comment, xmp, gif.subarray(19)]);
    },
  ],
  ['TIFF with GPS and XMP', async () => tiffWithPlace()],
];

async function turned(orientation: number, format: 'jpeg' | 'png' | 'webp'): Promise<Buffer> {
  const image = open(stored(picture, orientation));
  if (format === 'jpeg') return image.jpeg({ quality: 15, mozjpeg: true }).toBuffer();
  return format === 'png'
    ? image.png({ compressionLevel: 9 }).toBuffer()
    : image.webp({ quality: 5, effort: 6 }).toBuffer();
}

function withWebpChunks(webp: Buffer, exifBlock: Buffer, xmp: Buffer): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
  };
  const { width, height } = { width: webp.readUInt16LE(26) & 0x3fff, height: webp.readUInt16LE(28) & 0x3fff };
  const extended = Buffer.alloc(10);
  extended[0] = 0x0c;
  extended.writeUIntLE(width - 1, 4, 3);
  extended.writeUIntLE(height - 1, 7, 3);
  const parts = [
    Buffer.from('WEBP'),
    chunk('VP8X', extended),
    webp.subarray(12),
    chunk('EXIF', exifBlock),
    chunk('XMP ', xmp),
  ];
  return chunk('RIFF', Buffer.concat(parts));
}

/** What lets a reader of blocks run to the end of XMP, whatever is in it. */
function magicTrailer(): Buffer {
  return Buffer.from([1, ...Array.from({ length: 256 }, (_, index) => 255 - index), 0]);
}

/** @param more entries beside that of the place */
function tiffWithPlace({ type = 7, more = [] as number[][] } = {}): Buffer {
  const { width, height } = picture;
  const words = Buffer.from(PLACE);
  const xmp = Buffer.from(XMP);
  const gps = tiffDirectory([[0x001b, type, words.length, 16], [0x001c, 7, 4, 0], ...more]);
  // From byte 16 on: the words, XMP, the directory of GPS.
  const rest = Buffer.concat([words, xmp, gps]);
  const entries = [
    [700, 1, xmp.length, 16 + words.length],
    [34853, 4, 1, 16 + words.length + xmp.length],
  ];
  const grey = Buffer.from(picture.rgb.filter((_, index) => index % 3 === 1));
  return buildTiff({ width, height, channels: 1, entries, rest }, grey);
}

describe('metadata', () => {
  it.each(FILES)('of a %s goes, whether it is coded again or not', async (_, build) => {
    const file = await build(1);
    expect(holdsPlace(file)).toBe(true);
    // As good a quality as can be makes no file smaller: these are the originals but for their metadata.
    const { compressed } = await compress(file, { ...KEEP, quality: 100 });
    expect(holdsPlace(compressed.data)).toBe(false);
    expect(compressed.data.length).toBeLessThanOrEqual(file.length);
    expect((await sharp(compressed.data).metadata()).exif?.includes('Latitude') ?? false).toBe(false);
    expect(difference(await look(compressed.data), await look(file)).mean).toBeLessThan(2);
    for (const format of ['JPEG', 'PNG', 'WEBP', 'AVIF'] as const) {
      expect(holdsPlace((await compress(file, { ...KEEP, format })).compressed.data)).toBe(false);
    }
  });

  it.each(FILES)('of a %s stays where it is asked for', async (_, build) => {
    const file = await build(1);
    const { compressed, keptOriginal } = await compress(file, { ...KEEP, keepMetadata: true });
    if (keptOriginal) expect(compressed.data).toBe(file);
    // libvips writes the first picture alone, and no comments of JPEG.
    else expect(holdsPlace(compressed.data) || (await sharp(compressed.data).metadata()).exif !== undefined).toBe(true);
  });

  it.each(FILES.filter(([name]) => /^(JPEG|PNG|WebP) with EXIF/.test(name)))(
    'of a %s goes, but for how it is turned',
    async (_, build) => {
      for (const orientation of [3, 6, 8]) {
        const file = await build(orientation);
        expect((await sharp(file).metadata()).orientation).toBe(orientation);
        const { compressed } = await compress(file, { ...KEEP, quality: 100 });
        expect(holdsPlace(compressed.data)).toBe(false);
        expect(difference(await look(compressed.data), await look(file)).mean).toBeLessThan(2);
        expect([compressed.width, compressed.height]).toEqual([picture.width, picture.height]);
      }
    },
  );

  it('that is kept does not turn a picture twice', async () => {
    for (const format of ['KEEP', 'JPEG', 'PNG', 'WEBP', 'AVIF'] as const) {
      const file = await open(stored(picture, 6))
        .jpeg({ quality: 98 })
        .withExif({ IFD0: { Copyright: 'Ann' } })
        .withMetadata({ orientation: 6 })
        .toBuffer();
      const { compressed } = await compress(file, { ...KEEP, quality: 90, format, keepMetadata: true });
      expect(difference(await look(compressed.data), picture).mean).toBeLessThan(3);
    }
  });

  it('taken away leaves the colour profile of an original that is kept', async () => {
    const file = withJpegSegment(await tight().withIccProfile('p3').toBuffer(), 0xe1, EXIF_JPEG(1));
    const { compressed, keptOriginal } = await compress(file, { ...KEEP, quality: 100 });
    expect(keptOriginal).toBe(false);
    expect((await sharp(compressed.data).metadata()).icc).toEqual((await sharp(file).metadata()).icc);
    expect(difference(await look(compressed.data), await look(file)).mean).toBe(0);
  });

  it('that is not there leaves the very bytes', async () => {
    const file = await tight().toBuffer();
    const { compressed, keptOriginal } = await compress(file, { ...KEEP, quality: 100 });
    expect(keptOriginal).toBe(true);
    expect(createHash('md5').update(compressed.data).digest('hex')).toBe(createHash('md5').update(file).digest('hex'));
  });

  // Of a file that is coded again nothing is left anyway.
  it.each([
    ['as cameras write them', {}],
    ['of the text of EXIF 3.0', { type: 129 }],
    ['beside a type of no EXIF yet', { more: [[0x001d, 200, 1, 0]] }],
  ])('of a TIFF goes where it stands: words %s', (_, options) => {
    const file = tiffWithPlace(options);
    expect(holdsPlace(file)).toBe(true);
    expect(holdsPlace(stripTiff(file))).toBe(false);
  });

  it('whose address leads nowhere, or into the pixels, is no damage', async () => {
    const { width, height, rgb } = picture;
    const grey = Buffer.from(rgb.filter((_, index) => index % 3 === 1));
    for (const tag of [700, 34665]) {
      for (const address of [0x7fffff, 20]) {
        const file = buildTiff(
          { width, height, channels: 1, entries: [[tag, 4, tag === 700 ? 99_999 : 1, address]] },
          grey,
        );
        for (const options of [{}, { keepMetadata: true }, { quality: 100 }, { format: 'JPEG' }] as const) {
          const { compressed } = await compress(file, { ...KEEP, ...options });
          expect(difference(await look(compressed.data), greyed(picture)).mean).toBeLessThan(3);
        }
      }
    }
    // Black pixels and white ones.
    const rest = Buffer.from([0, 0, 255, 255, 255, 255]);
    const file = buildTiff({ width, height, channels: 1, entries: [[34665, 4, 1, 16]], rest }, grey);
    const { compressed } = await compress(file, { ...KEEP, quality: 100 });
    expect(compressed.data.subarray(16, 16 + rest.length)).toEqual(rest);
  });
});
