import { AppError } from '../domain/errors.js';
import { createFairQueue, type FairQueue } from '../domain/fair-queue.js';
import type { Log } from '../domain/log.js';
import { consumeLane } from './consume-lane.js';

import type { PubSub } from './pub-sub.js';
import type { NewsMessages, NewsTopic, WorkMessages, WorkTopic } from './topics.js';
import { tryHandler } from './try-handler.js';
import type { ConsumeOptions, Consumer, WorkQueue } from './work-queue.js';

/** Messages of one topic that may wait: windows of a thousand requests; past that, publishing is refused. */
const MAX_WAITING = 100_000;

/** A work queue within one process. What it held at a crash is put out again by the reconciler at start. */
export function createInProcessWorkQueue(log: Log): WorkQueue {
  const lanes: { [T in WorkTopic]: FairQueue<WorkMessages[T]> } = {
    requests: createFairQueue(),
    images: createFairQueue(),
  };
  const consumers = new Set<Consumer>();

  return {
    async publish<T extends WorkTopic>(topic: T, messages: readonly WorkMessages[T][]) {
      const lane: FairQueue<WorkMessages[T]> = lanes[topic];
      if (lane.size + messages.length > MAX_WAITING) {
        throw new AppError('UNAVAILABLE', 'Too much work is waiting; try again later.');
      }
      lane.push(messages);
    },
    async consume<T extends WorkTopic>(topic: T, options: ConsumeOptions<T>) {
      const lane: FairQueue<WorkMessages[T]> = lanes[topic];
      const consumer = consumeLane(lane, options.concurrency, async (message, signal) => {
        await tryHandler(topic, message, options, signal, log);
      });
      consumers.add(consumer);
      return consumer;
    },
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
