import { randomUUID } from 'node:crypto';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { ImageId, RequestId } from '../../src/domain/ids.js';
import type { Database } from '../../src/models/database.js';
import type { CompletedImage } from '../../src/models/image-transitions.js';
import type { RequestSnapshot } from '../../src/models/request.js';
import { createRecordCompleted } from '../../src/workers/record-completed.js';

const requestId = randomUUID() as RequestId;
const request = { _id: requestId, epoch: 1 } as RequestSnapshot;
const image = (name: string) => ({ id: `${requestId}.${name}` as ImageId, claim: 'c' }) as CompletedImage;

/** @param inHand images that the process works on; @param lost those that are no longer its own */
function recorder({ inHand, lost = [] as string[], epoch = 1 }: { inHand: number; lost?: string[]; epoch?: number }) {
  const writes: string[][] = [];
  const database = {
    images: {
      completeImages: async (completed: readonly CompletedImage[]) => {
        const names = completed.map(({ id }) => id.slice(requestId.length + 1));
        writes.push(names);
        return new Set(completed.map(({ id }) => id).filter((_, at) => !lost.includes(names[at] ?? '')));
      },
    },
  } as unknown as Database;
  const cache = { get: async () => ({ ...request, epoch }) } as never;
  return { writes, record: createRecordCompleted({ database, cache, claims: { size: inHand } as never }) };
}

describe('images that were made', () => {
  it('within a moment are recorded by one write, each told whether it was still held', async () => {
    const { writes, record } = recorder({ inHand: 10, lost: ['b'] });
    const recorded = await Promise.all(['a', 'b', 'c'].map((name) => record(request, image(name))));
    expect(writes).toEqual([['a', 'b', 'c']]);
    expect(recorded.map((seen) => seen?._id ?? null)).toEqual([requestId, null, requestId]);
  });

  it('are recorded at once where no other is in hand that they could wait for', async () => {
    const { writes, record } = recorder({ inHand: 2 });
    const both = [record(request, image('a')), record(request, image('b'))];
    await turnOfTheLoop();
    expect(writes).toEqual([['a', 'b']]);
    await Promise.all(both);
  });

  it('are counted by the epoch of the moment in which they are recorded', async () => {
    const { record } = recorder({ inHand: 1, epoch: 2 });
    expect(await record(request, image('a'))).toMatchObject({ epoch: 2 });
  });
});
