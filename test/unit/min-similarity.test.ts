import { createRequire } from 'node:module';
import { join } from 'node:path';
import sharp from 'sharp';
import type { CompressOptions } from '../../src/domain/options.js';
import { createCompressImage } from '../../src/images/compress-image.js';

const KEEP: CompressOptions = { format: 'KEEP', quality: null, maxDimension: null, keepMetadata: false };
const compress = createCompressImage({ limits: { maxImagePixels: 1e8, maxImageFrames: 100 }, timeoutSeconds: 60 });
const source = join(
  createRequire(import.meta.url).resolve('startbootstrap-landing-page/package.json'),
  '../dist/assets/img/testimonials-1.jpg',
);
let photograph: Buffer;
let flat: Buffer;

beforeAll(async () => {
  photograph = await sharp(source).resize(500).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="300" height="200" fill="#06c"/>
    <circle cx="150" cy="100" r="80" fill="#fc0" shape-rendering="crispEdges"/></svg>`;
  flat = await sharp(Buffer.from(svg)).png({ compressionLevel: 1 }).toBuffer();
});

describe('similarity of a result', () => {
  it('is told where it is asked for, and nowhere else', async () => {
    expect((await compress(photograph, KEEP)).similarity).toBeNull();
    const { similarity } = await compress(photograph, { ...KEEP, measureSimilarity: true });
    expect(similarity).toBeGreaterThan(0.6);
    expect(similarity).toBeLessThan(0.95);
  });

  it('is 1 for what lost nothing, and for an original that is kept', async () => {
    const asked = { ...KEEP, measureSimilarity: true };
    expect(await compress(flat, asked)).toMatchObject({ similarity: 1, keptOriginal: false });
    const small = await sharp(photograph).resize(40).jpeg({ quality: 1 }).toBuffer();
    expect(await compress(small, asked)).toMatchObject({ similarity: 1 });
  });

  it('is measured in the size of the result, and with metadata kept', async () => {
    const options = { ...KEEP, measureSimilarity: true, maxDimension: 200, keepMetadata: true };
    const { similarity, compressed } = await compress(photograph, options);
    expect(compressed.width).toBe(200);
    expect(similarity).toBeGreaterThan(0.6);
  });
});

describe('minSimilarity', () => {
  it.each(['JPEG', 'WEBP', 'AVIF'] as const)(
    'is held by %s with a file that is larger the more is asked for',
    async (format) => {
      let last = 0;
      for (const minSimilarity of [0.5, 0.7, 0.8]) {
        const { similarity, compressed, warnings } = await compress(photograph, { ...KEEP, format, minSimilarity });
        expect(similarity).toBeGreaterThanOrEqual(minSimilarity);
        expect(compressed.data.length).toBeGreaterThan(last);
        expect(warnings).toEqual([]);
        last = compressed.data.length;
      }
    },
  );

  it('lets a photograph in PNG be a palette where that holds, and leaves it whole where it does not', async () => {
    const png = await sharp(photograph).png().toBuffer();
    const loose = await compress(png, { ...KEEP, minSimilarity: 0.3 });
    expect(loose.compressed.format).toBe('png');
    expect(loose.compressed.data.length).toBeLessThan(png.length / 2);
    expect(loose.similarity).toBeLessThan(1);
    const strict = await compress(png, { ...KEEP, minSimilarity: 0.99 });
    expect(strict.similarity).toBe(1);
    const pixels = (data: Buffer) => sharp(data).raw().toBuffer();
    expect((await pixels(strict.compressed.data)).equals(await pixels(png))).toBe(true);
  });

  it('gives the original where its format reaches no such similarity, and says so where another was asked for', async () => {
    expect(await compress(photograph, { ...KEEP, minSimilarity: 1 })).toMatchObject({ similarity: 1, warnings: [] });
    const webp = await compress(photograph, { ...KEEP, format: 'WEBP', maxDimension: 300, minSimilarity: 1 });
    expect(webp.warnings).toMatchObject([{ code: 'SIMILARITY_NOT_REACHED' }]);
    expect(webp.similarity).toBeLessThan(1);
  });
});

describe('KEEP, by content', () => {
  it('makes a flat PNG a palette without changing a pixel', async () => {
    const { compressed } = await compress(flat, KEEP);
    expect(compressed.format).toBe('png');
    expect((await sharp(compressed.data).metadata()).isPalette).toBe(true);
    const pixels = (data: Buffer) => sharp(data).ensureAlpha().raw().toBuffer();
    expect((await pixels(compressed.data)).equals(await pixels(flat))).toBe(true);
  });

  it('leaves a photograph in PNG with all its colours', async () => {
    const png = await sharp(photograph).png({ compressionLevel: 1 }).toBuffer();
    const { compressed } = await compress(png, KEEP);
    expect((await sharp(compressed.data).metadata()).isPalette).toBe(false);
    const pixels = (data: Buffer) => sharp(data).raw().toBuffer();
    expect((await pixels(compressed.data)).equals(await pixels(png))).toBe(true);
  });

  it('keeps colours apart in JPEG where they change from pixel to pixel, and there only', async () => {
    const stripes = Array.from({ length: 100 }, (_, at) => `<rect x="${at * 3}" width="1" height="200" fill="#f00"/>`);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="300" height="200" fill="#00f"/>${stripes.join('')}</svg>`;
    const chromaOf = async (file: Buffer) => {
      const { compressed } = await compress(file, { ...KEEP, format: 'JPEG' });
      return (await sharp(compressed.data).metadata()).chromaSubsampling;
    };
    expect(await chromaOf(await sharp(Buffer.from(svg)).png({ compressionLevel: 0 }).toBuffer())).toBe('4:4:4');
    expect(
      await chromaOf(await sharp(Buffer.from(svg)).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()),
    ).toBe('4:4:4');
    expect(await chromaOf(photograph)).toBe('4:2:0');
  });
});
