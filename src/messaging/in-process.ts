import { AppError } from '../domain/errors.js';
import { createFairQueue, type FairQueue } from '../domain/fair-queue.js';
import type { RequestId } from '../domain/ids.js';
import type { Log } from '../domain/log.js';
import type { Telemetry } from '../domain/telemetry.js';
import { consumeLane } from './consume-lane.js';
import type { PubSub } from './pub-sub.js';
import type { NewsMessages, NewsTopic, WorkMessages, WorkTopic } from './topics.js';
import { type Delivery, tryHandler } from './try-handler.js';
import type { ConsumeOptions, Consumer, WorkQueue } from './work-queue.js';

/** Messages of one topic that may wait: windows of a thousand requests; past that, publishing is refused. */
const MAX_WAITING = 100_000;

type Entry<T extends WorkTopic> = Delivery<T> & { requestId: RequestId };

/** A work queue within one process. What it held at a crash is put out again by the reconciler at start. */
export function createInProcessWorkQueue(telemetry: Telemetry): WorkQueue {
  const lanes: { [T in WorkTopic]: FairQueue<Entry<T>> } = {
    requests: createFairQueue(),
    images: createFairQueue(),
  };
  const inWork = { requests: 0, images: 0 };
  const consumers = new Set<Consumer>();

  return {
    async publish<T extends WorkTopic>(topic: T, messages: readonly WorkMessages[T][]) {
      const lane: FairQueue<Entry<T>> = lanes[topic];
      if (lane.size + messages.length > MAX_WAITING) {
        throw new AppError('UNAVAILABLE', 'Too much work is waiting; try again later.');
      }
      const trace = telemetry.tracing.carry();
      lane.push(messages.map((message) => ({ requestId: message.requestId, message, trace })));
    },
    async consume<T extends WorkTopic>(topic: T, options: ConsumeOptions<T>) {
      const lane: FairQueue<Entry<T>> = lanes[topic];
      const consumer = consumeLane(lane, options.concurrency, async (delivery, signal) => {
        inWork[topic]++;
        await tryHandler(topic, delivery, options, signal, telemetry);
        inWork[topic]--;
      });
      consumers.add(consumer);
      return consumer;
    },
    lag: async () => ({
      requests: lanes.requests.size + inWork.requests,
      images: lanes.images.size + inWork.images,
    }),
    check: async () => undefined,
    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.close()));
    },
  };
}

/** Publish/subscribe within one process. */
export function createInProcessPubSub(log: Log): PubSub {
  const listeners = new Map<NewsTopic, Set<(message: never) => void>>();
  return {
    async publish(topic, message) {
      for (const listener of listeners.get(topic) ?? []) {
        try {
          listener(message as never);
        } catch (error) {
          log.error({ topic, error }, 'listener failed');
        }
      }
    },
    async subscribe<T extends NewsTopic>(topic: T, listener: (message: NewsMessages[T]) => void) {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      return () => void set.delete(listener);
    },
    async close() {
      listeners.clear();
    },
  };
}
