import { AppError } from '../domain/errors.js';
import type { Log } from '../domain/log.js';
import type { PubSub } from './pub-sub.js';
import type { NewsMessages, NewsTopic, WorkMessages, WorkTopic } from './topics.js';
import { tryHandler } from './try-handler.js';
import type { ConsumeOptions, Consumer, WorkQueue } from './work-queue.js';

/** Messages of one topic that may wait: windows of a thousand requests; past that, publishing is refused. */
const MAX_WAITING = 100_000;

/** Waiting messages by request, taken in turn, so that a large request does not stand before a small one. */
interface Lane {
  byRequest: Map<string, unknown[]>;
  waiting: number;
  wake: Set<() => void>;
}

/** A work queue within one process. What it held at a crash is put out again by the reconciler at start. */
export function createInProcessWorkQueue(log: Log): WorkQueue {
  const lanes: Record<WorkTopic, Lane> = { requests: newLane(), images: newLane() };
  const consumers = new Set<Consumer>();

  return {
    async publish(topic, messages) {
      const lane = lanes[topic];
      if (lane.waiting + messages.length > MAX_WAITING) {
        throw new AppError('UNAVAILABLE', 'Too much work is waiting; try again later.');
      }
      for (const message of messages) {
        const queue = lane.byRequest.get(message.requestId);
        if (queue) queue.push(message);
        else lane.byRequest.set(message.requestId, [message]);
      }
      lane.waiting += messages.length;
      for (const wake of lane.wake) wake();
    },
    async consume(topic, options) {
      const consumer = consumeLane(topic, lanes[topic], options, log);
      consumers.add(consumer);
      return consumer;
    },
    isReady: async () => true,
    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.close()));
    },
  };
}

function newLane(): Lane {
  return { byRequest: new Map(), waiting: 0, wake: new Set() };
}

function takeNext(lane: Lane): unknown {
  const [first] = lane.byRequest;
  if (!first) return undefined;
  const [requestId, queue] = first;
  const message = queue.shift();
  lane.waiting--;
  lane.byRequest.delete(requestId);
  if (queue.length > 0) lane.byRequest.set(requestId, queue);
  return message;
}

function consumeLane<T extends WorkTopic>(topic: T, lane: Lane, options: ConsumeOptions<T>, log: Log): Consumer {
  const abort = new AbortController();
  const running = new Set<Promise<void>>();
  const fill = () => {
    while (!abort.signal.aborted && running.size < options.concurrency && lane.waiting > 0) {
      // The lane of a topic holds that topic's messages only; the map of lanes cannot say so.
      const message = takeNext(lane) as WorkMessages[T];
      const work = tryHandler(topic, message, options, abort.signal, log).finally(() => {
        running.delete(work);
        fill();
      });
      running.add(work);
    }
  };
  lane.wake.add(fill);
  fill();
  return {
    async close() {
      lane.wake.delete(fill);
      abort.abort();
      await Promise.all(running);
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
    subscribe<T extends NewsTopic>(topic: T, listener: (message: NewsMessages[T]) => void) {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      return () => void set.delete(listener);
    },
    async close() {
      listeners.clear();
    },
  };
}
