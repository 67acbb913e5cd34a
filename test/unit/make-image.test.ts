import type { ImageId, RequestId } from '../../src/domain/ids.js';
import { createMakeImage } from '../../src/workers/make-image.js';

const MIB = 1024 * 1024;
const IMAGES = 12;
const BYTES = 5 * MIB;
/** An eighth of the memory for images. */
const BOUND = 16 * MIB;

/** Fetches images of so many bytes, and compresses none before a test ends it. */
function startMaking(sizes: readonly number[]) {
  let fetching = 0;
  const fetched: ((error: Error) => void)[] = [];
  const makeImage = createMakeImage({
    storage: { ready: async () => undefined } as never,
    fetchImage: async (_, { reserve }) => {
      const bytes = sizes[fetching++] ?? 0;
      await reserve?.(bytes);
      return { bytes: Buffer.alloc(bytes) };
    },
    compressImage: () => new Promise((_, end) => fetched.push(end)),
    hostGate: { enter: async () => () => undefined },
    compressAtOnce: 2,
    memoryBytes: 8 * BOUND,
  });
  const signal = new AbortController().signal;
  const all = sizes.map((_, at) => {
    const image = { _id: `r.${at}` as ImageId, requestId: 'r' as RequestId, sourceUrl: `http://shop.example/${at}` };
    return makeImage({ image, claim: 'c' }, {} as never, { signal, onStage() {} });
  });
  return { all, fetched, fetching: () => fetching };
}

it('images that have come hold as many bytes as they may, and those of one image more, and all are made', async () => {
  const { all, fetched, fetching } = startMaking(Array.from({ length: IMAGES }, () => BYTES));
  let made = 0;
  for (const each of all) each.catch(() => made++);
  while (made < IMAGES) {
    // All that can come without another's end has come by then.
    await new Promise(setImmediate);
    expect(fetching()).toBe(IMAGES);
    expect(fetched.length).toBeGreaterThan(0);
    expect(fetched.length * BYTES).toBeLessThanOrEqual(BOUND + BYTES);
    fetched.shift()?.(new Error('made'));
    await new Promise(setImmediate);
  }
});

it('an image that waits for room for too long is put back, and is not at fault', async () => {
  import.meta.jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  const { all, fetched } = startMaking([BOUND - MIB, BYTES]);
  const told = expect(all[1]).rejects.toMatchObject({ code: 'UNAVAILABLE', outage: 'full' });
  await import.meta.jest.advanceTimersByTimeAsync(20_000);
  import.meta.jest.useRealTimers();
  await told;
  expect(fetched).toHaveLength(1);
  fetched[0]?.(new Error('made'));
  await expect(all[0]).rejects.toThrow('made');
});
