import { createRequire } from 'node:module';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { createSimilarity, type Picture } from '../../src/images/similarity.js';

const folder = join(
  createRequire(import.meta.url).resolve('startbootstrap-landing-page/package.json'),
  '../dist/assets/img',
);

async function pictureOf(file: Buffer | string, side: number): Promise<Picture> {
  const image = sharp(file).resize({ width: side, height: side, fit: 'inside' }).removeAlpha();
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

describe('similarity', () => {
  it.each(['bg-masthead', 'testimonials-1', 'testimonials-3', 'bg-showcase-1'])(
    'goes up with the quality of %s, in each format',
    async (name) => {
      const original = await pictureOf(join(folder, `${name}.jpg`), 600);
      const similarityTo = createSimilarity(original);
      const { data, width, height } = original;
      const image = () => sharp(data, { raw: { width, height, channels: 3 } });
      const encoders = [
        (quality: number) => image().jpeg({ quality }),
        (quality: number) => image().webp({ quality }),
        (quality: number) => image().avif({ quality, effort: 0 }),
      ];
      for (const encode of encoders) {
        const found: number[] = [];
        for (const quality of [10, 30, 50, 70, 90]) {
          found.push(similarityTo(await pictureOf(await encode(quality).toBuffer(), 600)));
        }
        expect(found).toEqual(found.toSorted((a, b) => a - b));
        expect(found[0]).toBeLessThan(0.6);
        expect(found[4]).toBeGreaterThan(0.65);
      }
    },
  );

  it('is 1 for the same pixels alone, and never beyond 0 and 1, whatever the size', () => {
    const size = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(size, size, fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (width, height, numbers) => {
        const pixels = () => Uint8Array.from({ length: width * height * 3 }, () => Number(numbers.next().value));
        const data = pixels();
        const similarityTo = createSimilarity({ data, width, height });
        expect(similarityTo({ data: data.slice(), width, height })).toBe(1);
        const other = similarityTo({ data: pixels(), width, height });
        expect(other).toBeGreaterThanOrEqual(0);
        expect(other).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });

  it('sees a colour that is another where the light is the same', () => {
    const [width, height] = [64, 64];
    const filled = (rgb: readonly number[]) =>
      Uint8Array.from({ length: width * height * 3 }, (_, at) => rgb[at % 3] ?? 0);
    // Both have a luma of 100, within a half.
    const similarityTo = createSimilarity({ data: filled([100, 100, 100]), width, height });
    expect(similarityTo({ data: filled([200, 52, 84]), width, height })).toBeLessThan(0.5);
    expect(similarityTo({ data: filled([80, 92, 194]), width, height })).toBeLessThan(0.5);
  });
});
