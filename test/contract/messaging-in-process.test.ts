import type { ImageId, RequestId } from '../../src/domain/ids.js';
import { createInProcessPubSub, createInProcessWorkQueue } from '../../src/messaging/in-process.js';
import { unread } from '../support/unread.js';
import { messagingContract } from './messaging.js';

messagingContract('one process', async (telemetry) => ({
  queue: createInProcessWorkQueue(telemetry),
  pubSub: createInProcessPubSub(telemetry.log),
}));

describe('messaging on one process', () => {
  const messages = (request: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      requestId: request as RequestId,
      imageId: `${request}${index}` as ImageId,
    }));

  it('takes requests in turn, so that a small one does not wait behind a large one', async () => {
    const queue = createInProcessWorkQueue(unread);
    await queue.publish('images', messages('large', 50));
    await queue.publish('images', messages('small', 2));
    const order: string[] = [];
    await queue.consume('images', {
      concurrency: 1,
      onDead: async () => undefined,
      handle: async ({ imageId }) => void order.push(imageId),
    });
    while (order.length < 52) await new Promise(setImmediate);
    expect(order.indexOf('small1')).toBeLessThan(4);
    await queue.close();
  });

  it('is bounded: past its limit it refuses, and the reconciler puts out again what was refused', async () => {
    const queue = createInProcessWorkQueue(unread);
    await queue.publish('images', messages('a', 100_000));
    await expect(queue.publish('images', messages('b', 1))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await queue.close();
  });
});
