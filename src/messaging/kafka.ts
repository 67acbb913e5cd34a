import { randomUUID } from 'node:crypto';
import { EJSON } from 'bson';
import type { Admin, Message } from 'kafkajs';
import type { Log } from '../domain/log.js';
import type { Telemetry } from '../domain/telemetry.js';
import { withinTime } from '../domain/within-time.js';
import { brokerUnavailable } from './broker-unavailable.js';
import { createKafkaClient, type KafkaSettings } from './kafka-client.js';
import { consumeKafka } from './kafka-consumer.js';
import { createKafkaProducer, type KafkaProducer } from './kafka-producer.js';
import { type KafkaSession, openKafkaSession } from './kafka-session.js';
import { ensureTopics, groupOf, topicOf } from './kafka-topics.js';
import { isKnownVersion, withVersion } from './message-version.js';
import type { PubSub } from './pub-sub.js';
import type { NewsMessages, NewsTopic, WorkMessages, WorkTopic } from './topics.js';
import type { ConsumeOptions, Consumer, WorkQueue } from './work-queue.js';

/** How long the brokers may take to tell how far the consumers are, in milliseconds. */
const LAG_TIMEOUT_MS = 3_000;
const LAG_RETRIES = 3;

export interface KafkaMessaging {
  queue: WorkQueue;
  pubSub: PubSub;
}

/** The port of messaging on Apache Kafka. @throws StartError where a topic is missing and may not be made */
export async function createKafkaMessaging(settings: KafkaSettings, telemetry: Telemetry): Promise<KafkaMessaging> {
  const { log } = telemetry;
  await ensureTopics(settings, log);
  const producer = createKafkaProducer(settings, log);
  return {
    queue: createQueue(settings, producer, telemetry),
    pubSub: createPubSub(settings, producer, log),
  };
}

function createQueue(settings: KafkaSettings, producer: KafkaProducer, telemetry: Telemetry): WorkQueue {
  const consumers = new Set<Consumer>();
  const admin = createKafkaClient(settings, telemetry.log, 0).admin();
  // A client of its own, which finds its way to the coordinators of the groups.
  const lagAdmin = createKafkaClient(settings, telemetry.log, LAG_RETRIES).admin();
  return {
    async publish<T extends WorkTopic>(topic: T, messages: readonly WorkMessages[T][]) {
      const trace = telemetry.tracing.carry();
      await producer.send(
        topic,
        messages.map((message): Message => {
          const sent = { value: JSON.stringify(withVersion(message)), ...(trace && { headers: trace }) };
          // Images of one request are spread over all partitions; what is done to one request stays in order.
          return topic === 'images' ? sent : { key: message.requestId, ...sent };
        }),
      );
    },
    async consume<T extends WorkTopic>(topic: T, options: ConsumeOptions<T>) {
      const consumer = await consumeKafka(settings, topic, options, producer, telemetry);
      consumers.add(consumer);
      return consumer;
    },
    async lag() {
      try {
        return await withinTime(lags(lagAdmin, settings), LAG_TIMEOUT_MS);
      } catch (error) {
        // kafkajs asks a leader of before for minutes; only a client that connects anew looks who leads.
        await lagAdmin.disconnect().catch(() => undefined);
        throw error;
      }
    },
    async check() {
      try {
        await admin.connect();
        await admin.describeCluster();
      } catch (error) {
        throw brokerUnavailable(error);
      }
    },
    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.close()));
      await producer.close();
      await Promise.all([admin.disconnect(), lagAdmin.disconnect()]);
    },
  };
}

/** How far the groups that share the work are behind. One after the other: the first brings the client its metadata. */
async function lags(admin: Admin, settings: KafkaSettings): Promise<Record<WorkTopic, number>> {
  await admin.connect();
  return { requests: await lagOf(admin, settings, 'requests'), images: await lagOf(admin, settings, 'images') };
}

/** From what a group has committed to the end of its topic: what is not committed is not finished. */
async function lagOf(admin: Admin, settings: KafkaSettings, name: WorkTopic): Promise<number> {
  const topic = topicOf(settings, name);
  const ends = await admin.fetchTopicOffsets(topic);
  const [committed] = await admin.fetchOffsets({ groupId: groupOf(settings, name), topics: [topic] });
  const done = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  // A group that has committed nothing, -1, begins at the start.
  const behind = ends.map(({ partition, high, low }) => Number(high) - Math.max(Number(low), done.get(partition) ?? 0));
  return behind.reduce((sum, each) => sum + each, 0);
}

/**
 * Each process is a group of its own that reads from the end on and commits nothing, so that it vanishes with its
 * member. What is missed while the group is joined anew is made good by who listens: snapshot first, and a look at the
 * database after a silence.
 */
function createPubSub(settings: KafkaSettings, producer: KafkaProducer, log: Log): PubSub {
  const listeners = new Set<(message: NewsMessages['progress']) => void>();
  let session: Promise<KafkaSession> | null = null;
  const open = () =>
    openKafkaSession(
      settings,
      {
        topic: topicOf(settings, 'progress'),
        groupId: `${settings.prefix}.progress.${randomUUID()}`,
        fromBeginning: false,
        onAssigned: () => undefined,
        async onBatch({ batch, resolveOffset }) {
          for (const { value, offset } of batch.messages) {
            hear(value);
            resolveOffset(offset);
          }
        },
      },
      log,
    );
  const hear = (value: Buffer | null) => {
    try {
      const message = EJSON.parse(String(value)) as NewsMessages['progress'] & { v?: unknown };
      // Of a newer program: who watches reads the database again after a silence.
      if (!isKnownVersion(message)) return;
      for (const listener of listeners) listener(message);
    } catch (error) {
      log.error({ error }, 'news that cannot be read');
    }
  };
  return {
    // Dates stay dates on the way.
    publish: (topic, message) =>
      producer.send(topic, [
        { key: message.requestId, value: EJSON.stringify(withVersion(message), { relaxed: true }) },
      ]),
    async subscribe<T extends NewsTopic>(_topic: T, listener: (message: NewsMessages[T]) => void) {
      session ??= open();
      await session;
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      listeners.clear();
      await session?.then((opened) => opened.close()).catch(() => undefined);
    },
  };
}
