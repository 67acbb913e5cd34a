import sharp from 'sharp';
import { OutputFormat } from '../../src/domain/options.js';
import { ProcessingError } from '../../src/domain/processing-error.js';
import { createCompressImage } from '../../src/images/compress-image.js';
import { buildApng, buildPng, buildTiff, tiffDirectory } from '../support/build-images.js';
import { fuzz } from './fuzz.js';
import { mutate } from './mutate.js';

const compressImage = createCompressImage({
  limits: { maxImagePixels: 4_000_000, maxImageFrames: 1_000 },
  timeoutSeconds: 5,
});
const seeds: Buffer[] = [];

beforeAll(async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const picture = () => sharp({ create: { width: 40, height: 30, channels: 3, background: '#888', noise } });
  const frames = sharp(Buffer.alloc(20 * 40 * 4, 90), { raw: { width: 20, height: 40, channels: 4, pageHeight: 10 } });
  seeds.push(
    await picture()
      .jpeg()
      .withExif({ IFD0: { Copyright: 'me' } })
      .toBuffer(),
    await picture().jpeg({ progressive: true }).toBuffer(),
    await picture().png().toBuffer(),
    await picture().png({ palette: true, progressive: true }).toBuffer(),
    await picture().webp().toBuffer(),
    await picture().webp({ lossless: true }).toBuffer(),
    await picture().avif({ effort: 0 }).toBuffer(),
    await picture().tiff().toBuffer(),
    await picture().tiff({ compression: 'lzw', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
    await picture().gif().toBuffer(),
    await frames
      .clone()
      .gif({ delay: [10, 10, 10, 10] })
      .toBuffer(),
    await frames
      .clone()
      .webp({ delay: [10, 10, 10, 10] })
      .toBuffer(),
    await frames.clone().tiff({ compression: 'deflate' }).toBuffer(),
    await picture().tiff({ bigtiff: true }).toBuffer(),
    buildApng(20, 10, [Buffer.alloc(600, 9), Buffer.alloc(600, 90)]),
    buildPng({ width: 8, height: 8, depth: 16, colour: 4 }, Buffer.alloc(8 * 8 * 4, 70)),
    buildTiff(
      { width: 8, height: 8, channels: 4, entries: [[34853, 4, 1, 16]], rest: tiffDirectory([[27, 7, 4, 0]]) },
      Buffer.alloc(256, 9),
    ),
    await picture().toColourspace('cmyk').jpeg().toBuffer(),
    await picture()
      .withExif({ IFD0: { Copyright: 'me' } })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')
      .avif({ effort: 0 })
      .toBuffer(),
    await picture()
      .withExif({ IFD0: { Copyright: 'me' } })
      .webp()
      .toBuffer(),
    Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/><image href="file:///etc/passwd"/></svg>',
    ),
    Buffer.from(
      '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg"><text>&b;</text></svg>',
    ),
  );
});

fuzz({
  name: 'image bytes',
  // The decoders' memory is not the heap's.
  memory: async () => process.memoryUsage().rss,
  async feed(random) {
    const bytes = mutate(random.pick(seeds), random);
    const format = random.pick(Object.values(OutputFormat));
    const options = {
      format: format === 'AVIF' && random.chance(0.8) ? ('KEEP' as const) : format,
      quality: random.chance(0.3) ? random.whole(1, 100) : null,
      maxDimension: random.chance(0.3) ? random.whole(1, 100) : null,
      keepMetadata: random.chance(0.3),
    };
    try {
      const { compressed } = await compressImage(bytes, options);
      expect(compressed.data.length).toBeLessThanOrEqual(bytes.length);
      return compressed.format;
    } catch (error) {
      if (!(error instanceof ProcessingError) || error.code === 'INTERNAL') throw error;
      return error.code;
    }
  },
});
