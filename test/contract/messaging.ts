import { setTimeout as pause } from 'node:timers/promises';
import type { ImageId, RequestId } from '../../src/domain/ids.js';
import type { PubSub } from '../../src/messaging/pub-sub.js';
import type { WorkQueue } from '../../src/messaging/work-queue.js';
import { waitFor } from '../support/wait-for.js';

/** What every messaging engine must do. */
export function messagingContract(name: string, open: () => Promise<{ queue: WorkQueue; pubSub: PubSub }>): void {
  describe(`messaging on ${name}`, () => {
    let queue: WorkQueue;
    let pubSub: PubSub;
    const requestId = crypto.randomUUID() as RequestId;
    const message = (index: number, request = requestId) => ({
      requestId: request,
      imageId: `${request}.i${index}` as ImageId,
    });

    beforeEach(async () => {
      ({ queue, pubSub } = await open());
    });
    afterEach(async () => {
      await queue.close();
      await pubSub.close();
    });

    it('hands each message to one consumer, with no more at once than asked for', async () => {
      const seen: string[] = [];
      let running = 0;
      let most = 0;
      const consume = () =>
        queue.consume('images', {
          concurrency: 4,
          onDead: async () => undefined,
          async handle({ imageId }) {
            most = Math.max(most, ++running);
            await pause(1);
            running--;
            seen.push(imageId);
          },
        });
      await Promise.all([consume(), consume()]);
      await queue.publish(
        'images',
        Array.from({ length: 100 }, (_, index) => message(index)),
      );
      await waitFor('all messages', () => seen.length >= 100);
      expect(new Set(seen).size).toBe(100);
      expect(most).toBeLessThanOrEqual(8);
    });

    it('tries a failing message again, and hands it over as dead after its tries', async () => {
      let tries = 0;
      const dead: unknown[] = [];
      await queue.consume('images', {
        concurrency: 1,
        async handle() {
          tries++;
          throw new Error('poison');
        },
        onDead: async (letter, reason) => void dead.push([letter, (reason as Error).message]),
      });
      await queue.publish('images', [message(1)]);
      await waitFor('the dead message', () => dead.length === 1);
      expect(tries).toBe(3);
      expect(dead).toEqual([[message(1), 'poison']]);
    });

    it('takes nothing more after its close, which waits for what is under way and aborts its signal', async () => {
      let begun = false;
      let finished = false;
      const consumer = await queue.consume('images', {
        concurrency: 1,
        onDead: async () => undefined,
        async handle(_, signal) {
          begun = true;
          await new Promise((aborted) => signal.addEventListener('abort', aborted));
          finished = true;
        },
      });
      await queue.publish('images', [message(1), message(2)]);
      await waitFor('the first to be under way', () => begun);
      await consumer.close();
      expect(finished).toBe(true);
    });

    it('lets every subscriber hear the news, until it leaves', async () => {
      const heard: string[] = [];
      const leave = await pubSub.subscribe('progress', () => heard.push('first'));
      await pubSub.subscribe('progress', () => heard.push('second'));
      const news = { requestId, request: {}, revision: 1, finishedImageIds: [] };
      await pubSub.publish('progress', news);
      await waitFor('both', () => heard.length === 2);
      leave();
      await pubSub.publish('progress', news);
      await waitFor('the one that stayed', () => heard.length === 3);
      expect(heard.sort()).toEqual(['first', 'second', 'second']);
    });
  });
}
