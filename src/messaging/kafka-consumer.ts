import type { EachBatchPayload, Consumer as KafkaConsumer, KafkaMessage } from 'kafkajs';
import { createFairQueue } from '../domain/fair-queue.js';
import type { RequestId } from '../domain/ids.js';
import type { Telemetry } from '../domain/telemetry.js';
import { consumeLane } from './consume-lane.js';
import { createFinishedPrefix, type FinishedPrefix } from './finished-prefix.js';
import type { KafkaSettings } from './kafka-client.js';
import type { KafkaProducer } from './kafka-producer.js';
import { openKafkaSession } from './kafka-session.js';
import { groupOf, topicOf } from './kafka-topics.js';
import { readWorkMessage } from './read-work-message.js';
import type { WorkMessages, WorkTopic } from './topics.js';
import { traceOf } from './trace-headers.js';
import { type Delivery, tryHandler } from './try-handler.js';
import type { ConsumeOptions, Consumer } from './work-queue.js';

/**
 * Messages that one consumer has in hand, each of some hundred bytes: read ahead so far, the requests among them take
 * turns, and a small one need not wait for a large one's messages on the same partition.
 */
const MAX_IN_HAND = 1_000;
/** Fetching goes on when so many places are free. */
const RESUME_AT = MAX_IN_HAND / 2;
const COMMIT_EVERY_MS = 1_000;

interface Entry<T extends WorkTopic> extends Delivery<T> {
  requestId: RequestId;
  offset: number;
  prefix: FinishedPrefix;
}

/**
 * A member of the group that shares a topic's work. kafkajs' own place in a partition is only where the next fetch
 * begins: a batch is taken in hand at once, so that heartbeats go on while images are made, and what is committed is
 * the finished prefix of each partition.
 * @param openSession left out, one on the brokers
 */
export async function consumeKafka<T extends WorkTopic>(
  settings: KafkaSettings,
  topic: T,
  options: ConsumeOptions<T>,
  producer: KafkaProducer,
  telemetry: Telemetry,
  openSession: typeof openKafkaSession = openKafkaSession,
): Promise<Consumer> {
  const { log, metrics } = telemetry;
  const name = topicOf(settings, topic);
  const lane = createFairQueue<Entry<T>>();
  const prefixes = new Map<number, FinishedPrefix>();
  let inHand = 0;
  /** The one that is paused: a new consumer is not, whatever the one before it was. */
  let paused: KafkaConsumer | null = null;
  let member: KafkaConsumer | null = null;

  const bury = async (value: object, key: string | null) => {
    await producer
      .send('dead', [{ key, value: JSON.stringify({ topic, ...value, at: new Date() }) }])
      .catch((error) => log.error({ topic, ...value, error }, 'dead message not published'));
  };
  const accept = ({ offset, value, headers }: KafkaMessage, partition: number) => {
    const prefix = prefixes.get(partition) ?? createFinishedPrefix();
    prefixes.set(partition, prefix);
    const at = Number(offset);
    if (!prefix.take(at)) return;
    const read = readWorkMessage<WorkMessages[T]>(value);
    if ('message' in read) {
      const { message } = read;
      inHand++;
      lane.push([{ requestId: message.requestId, message, trace: traceOf(headers), offset: at, prefix }]);
      return;
    }
    log.error({ topic, partition, offset, reason: read.reason }, 'message that cannot be read');
    metrics.messageDead(topic);
    void bury({ message: String(value), ...read }, null).then(() => prefix.finish(at));
  };
  const onBatch = async ({ batch, resolveOffset }: EachBatchPayload, consumer: KafkaConsumer) => {
    for (const message of batch.messages) {
      if (inHand >= MAX_IN_HAND) {
        consumer.pause([{ topic: name }]);
        paused = consumer;
        return;
      }
      accept(message, batch.partition);
      resolveOffset(message.offset);
    }
  };
  /** What waits and is no longer ours is dropped; of a new consumer everything comes again. */
  const onAssigned = (partitions: readonly number[], consumer: KafkaConsumer) => {
    for (const partition of [...prefixes.keys()]) {
      if (consumer !== member || !partitions.includes(partition)) prefixes.delete(partition);
    }
    if (consumer !== member) paused = null;
    member = consumer;
    const kept = new Set(prefixes.values());
    inHand -= lane.retain(({ prefix }) => kept.has(prefix)).length;
    resume();
  };
  const resume = () => {
    if (!paused || inHand > RESUME_AT) return;
    const consumer = paused;
    paused = null;
    try {
      consumer.resume([{ topic: name }]);
    } catch (error) {
      // Thrown by one that has crashed, and is not told so till it is disconnected; the next one is not paused.
      log.debug({ topic, error }, 'consumer not resumed');
    }
  };
  const session = await openSession(
    settings,
    { topic: name, groupId: groupOf(settings, topic), fromBeginning: true, onBatch, onAssigned },
    log,
  );
  const commit = async () => {
    // What was finished while there is none comes again, and finds nothing to do.
    const consumer = session.consumer();
    const due = [...prefixes].flatMap(([partition, prefix]) => {
      const offset = prefix.toCommit();
      return offset === null ? [] : [{ partition, offset, prefix }];
    });
    if (!consumer || due.length === 0) return;
    try {
      await consumer.commitOffsets(
        due.map(({ partition, offset }) => ({ topic: name, partition, offset: String(offset) })),
      );
      for (const { prefix, offset } of due) prefix.committed(offset);
    } catch (error) {
      log.debug({ topic, error }, 'offsets not committed');
    }
  };
  // One after the other: kafkajs tries a commit again, and an older one that arrives last would set the group back.
  let committing: Promise<void> | null = null;
  const timer = setInterval(() => {
    committing ??= commit().finally(() => {
      committing = null;
    });
  }, COMMIT_EVERY_MS);

  const buried: ConsumeOptions<T> = {
    ...options,
    async onDead(message, reason) {
      await bury({ message, reason: String(reason) }, message.requestId);
      await options.onDead(message, reason);
    },
  };
  const worker = consumeLane(lane, options.concurrency, async (delivery, signal) => {
    const done = await tryHandler(topic, delivery, buried, signal, telemetry);
    inHand--;
    if (done) delivery.prefix.finish(delivery.offset);
    resume();
  });

  return {
    async close() {
      clearInterval(timer);
      await worker.close();
      await committing;
      await commit();
      await session.close();
    },
  };
}
