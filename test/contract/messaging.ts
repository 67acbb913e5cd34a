import { setTimeout as pause } from 'node:timers/promises';
import type { ImageId, RequestId } from '../../src/domain/ids.js';
import type { Telemetry } from '../../src/domain/telemetry.js';
import { NO_TRACING, type Tracing } from '../../src/domain/tracing.js';
import type { PubSub } from '../../src/messaging/pub-sub.js';
import type { WorkQueue } from '../../src/messaging/work-queue.js';
import { unread } from '../support/unread.js';
import { waitFor } from '../support/wait-for.js';

/** What every messaging engine must do. */
export function messagingContract(
  name: string,
  open: (telemetry: Telemetry) => Promise<{ queue: WorkQueue; pubSub: PubSub }>,
): void {
  describe(`messaging on ${name}`, () => {
    let queue: WorkQueue;
    let pubSub: PubSub;
    const requestId = crypto.randomUUID() as RequestId;
    const message = (index: number, request = requestId) => ({
      requestId: request,
      imageId: `${request}.i${index}` as ImageId,
    });

    beforeEach(async () => {
      ({ queue, pubSub } = await open(unread));
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

    it('tells how many messages are not finished: those that wait, and those in work', async () => {
      await queue.publish('images', [message(1), message(2), message(3)]);
      // A broker that has just made a topic may not lead it yet, and may have let some come twice.
      const waiting = await waitFor('the broker to lead its topics', () =>
        queue.lag().catch((error: { retriable?: boolean }) => {
          if (!error.retriable) throw error;
          return null;
        }),
      );
      expect(waiting.requests).toBe(0);
      expect(waiting.images).toBeGreaterThanOrEqual(3);
      const finish: (() => void)[] = [];
      await queue.consume('images', {
        concurrency: 8,
        onDead: async () => undefined,
        handle: () => new Promise((finished) => finish.push(finished)),
      });
      await waitFor('all to be in work', () => finish.length === waiting.images);
      expect(await queue.lag()).toEqual(waiting);
      for (const finished of finish) finished();
      await waitFor('none to be left', async () => (await queue.lag()).images === 0);
    });

    it('carries along where the trace of whoever publishes goes on', async () => {
      const carried = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', tracestate: 'a=b' };
      const begun: (object | null | undefined)[] = [];
      let now: typeof carried | null = carried;
      const tracing: Tracing = {
        ...NO_TRACING,
        carry: () => now,
        span(name, options, work) {
          begun.push(options.from);
          return NO_TRACING.span(name, options, work);
        },
      };
      const traced = await open({ ...unread, tracing });
      await traced.queue.consume('images', {
        concurrency: 1,
        onDead: async () => undefined,
        handle: async () => undefined,
      });
      await traced.queue.publish('images', [message(1)]);
      await waitFor('the first', () => begun.length === 1);
      now = null;
      await traced.queue.publish('images', [message(2)]);
      await waitFor('the second', () => begun.length === 2);
      expect(begun).toEqual([carried, null]);
      await traced.queue.close();
      await traced.pubSub.close();
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
      const heard = { first: 0, second: 0 };
      const leave = await pubSub.subscribe('progress', () => void heard.first++);
      await pubSub.subscribe('progress', () => void heard.second++);
      // News may be lost, where a consumer begins anew on a busy machine: the next ones tell the same.
      const tell = () => pubSub.publish('progress', { requestId, request: {}, revision: 1, finishedImageIds: [] });
      await waitFor('both', async () => {
        await tell();
        return heard.first > 0 && heard.second > 0;
      });
      leave();
      const { first, second } = heard;
      await waitFor('the one that stayed', async () => {
        await tell();
        return heard.second > second;
      });
      expect(heard.first).toBe(first);
    });
  });
}
