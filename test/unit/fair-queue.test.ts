import { createFairQueue } from '../../src/domain/fair-queue.js';
import type { RequestId } from '../../src/domain/ids.js';
import { consumeLane } from '../../src/messaging/consume-lane.js';
import { createFairLimit } from '../../src/workers/fair-limit.js';

const entries = (requestId: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ requestId: requestId as RequestId, name: `${requestId}${index}` }));

describe('a fair queue', () => {
  it('gives most turns to the request with least to do, and passes over none for ever', () => {
    const queue = createFairQueue<{ requestId: RequestId; name: string }>();
    queue.push([...entries('a', 20), ...entries('b', 6)]);
    const order: string[] = [];
    for (let next = queue.take(); next; next = queue.take()) order.push(next.name);
    expect(order.slice(0, 8)).toEqual(['b0', 'b1', 'b2', 'a0', 'b3', 'b4', 'b5', 'a1']);
    expect(order.filter((name) => name.startsWith('a'))).toEqual(entries('a', 20).map(({ name }) => name));
    expect(queue.size).toBe(0);
  });

  it('passes over a request that may not have a turn now', () => {
    const queue = createFairQueue<{ requestId: RequestId; name: string }>();
    queue.push([...entries('a', 1), ...entries('b', 1)]);
    expect(queue.take((id) => id !== 'a')?.name).toBe('b0');
    expect(queue.take((id) => id !== 'a')).toBeUndefined();
    expect(queue.take()?.name).toBe('a0');
  });
});

it('a request never has all places of a consumer, so that the next one begins at once', async () => {
  const lane = createFairQueue<{ requestId: RequestId; name: string }>();
  const begun: string[] = [];
  const consumer = consumeLane(lane, 8, async ({ name }, signal) => {
    begun.push(name);
    await new Promise((aborted) => signal.addEventListener('abort', aborted));
  });
  lane.push(entries('large', 100));
  expect(begun).toHaveLength(6);
  lane.push(entries('small', 2));
  expect(begun.slice(6)).toEqual(['small0', 'small1']);
  await consumer.close();
});

it('work that waits for a core takes turns by its request', async () => {
  const limit = createFairLimit(1);
  const order: string[] = [];
  const work = (name: string) =>
    limit(name.slice(0, 1) as RequestId, async () => {
      await new Promise(setImmediate);
      order.push(name);
    });
  await Promise.all(['a0', 'a1', 'a2', 'b0'].map(work));
  expect(order.indexOf('b0')).toBeLessThan(order.indexOf('a2'));
});
