import fc from 'fast-check';
import { searchQuality } from '../../src/images/search-quality.js';

/** An encoder whose similarity falls off from 1 as quality does, at any pace that pictures have. */
function encoder(scale: number, pace: number) {
  const tried: number[] = [];
  const similarityAt = (quality: number) => Math.max(0, 1 - scale * Math.exp(-pace * quality));
  const attempt = async (quality: number) => {
    tried.push(quality);
    return { quality, similarity: similarityAt(quality), data: Buffer.alloc(100 + quality * quality) };
  };
  return { tried, similarityAt, attempt };
}

it('holds the floor in at most four tries wherever any quality does', async () => {
  const picture = fc.record({
    scale: fc.double({ min: 0.2, max: 3, noNaN: true }),
    pace: fc.double({ min: 0.005, max: 0.05, noNaN: true }),
    floor: fc.double({ min: 0, max: 0.99, noNaN: true }),
    first: fc.integer({ min: 40, max: 95 }),
  });
  await fc.assert(
    fc.asyncProperty(picture, async ({ scale, pace, floor, first }) => {
      const { tried, similarityAt, attempt } = encoder(scale, pace);
      const found = await searchQuality({ floor, first, attempt });
      expect(tried.length).toBeLessThanOrEqual(4);
      expect(new Set(tried).size).toBe(tried.length);
      expect(found.similarity >= floor).toBe(similarityAt(100) >= floor);
    }),
    { numRuns: 2_000 },
  );
});

it('comes near the smallest quality that holds, from above and from below', async () => {
  for (const [scale, pace] of [
    [1, 0.018],
    [0.6, 0.015],
    [1.6, 0.025],
  ] as const) {
    for (const first of [50, 78, 95]) {
      const { similarityAt, attempt } = encoder(scale, pace);
      const floor = 0.75;
      const best =
        Array.from({ length: 100 }, (_, at) => at + 1).find((quality) => similarityAt(quality) >= floor) ?? 0;
      const { quality } = await searchQuality({ floor, first, attempt });
      expect(quality).toBeGreaterThanOrEqual(best);
      expect(quality - best).toBeLessThanOrEqual(3);
    }
  }
});

it('one try is enough where the first holds the floor closely', async () => {
  const { tried, attempt } = encoder(1, 0.018);
  await searchQuality({ floor: 0.75, first: 78, attempt });
  expect(tried).toEqual([78]);
});
