import { randomUUID } from 'node:crypto';
import { EJSON } from 'bson';
import type { Message } from 'kafkajs';
import type { Log } from '../domain/log.js';
import { createKafkaClient, type KafkaSettings } from './kafka-client.js';
import { consumeKafka } from './kafka-consumer.js';
import { createKafkaProducer, type KafkaProducer } from './kafka-producer.js';
import { type KafkaSession, openKafkaSession } from './kafka-session.js';
import { ensureTopics, topicOf } from './kafka-topics.js';
import type { PubSub } from './pub-sub.js';
import type { NewsMessages, NewsTopic, WorkMessages, WorkTopic } from './topics.js';
import type { ConsumeOptions, Consumer, WorkQueue } from './work-queue.js';

export interface KafkaMessaging {
  queue: WorkQueue;
  pubSub: PubSub;
}

/** The port of messaging on Apache Kafka. @throws StartError where a topic is missing and may not be made */
export async function createKafkaMessaging(settings: KafkaSettings, log: Log): Promise<KafkaMessaging> {
  await ensureTopics(settings, log);
  const producer = createKafkaProducer(settings, log);
  return {
    queue: createQueue(settings, producer, log),
    pubSub: createPubSub(settings, producer, log),
  };
}

function createQueue(settings: KafkaSettings, producer: KafkaProducer, log: Log): WorkQueue {
  const consumers = new Set<Consumer>();
  const admin = createKafkaClient(settings, log, 0).admin();
  return {
    async publish<T extends WorkTopic>(topic: T, messages: readonly WorkMessages[T][]) {
      await producer.send(
        topic,
        messages.map((message): Message => {
          const value = JSON.stringify(message);
          // Images of one request are spread over all partitions; what is done to one request stays in order.
          return topic === 'images' ? { value } : { key: message.requestId, value };
        }),
      );
    },
    async consume<T extends WorkTopic>(topic: T, options: ConsumeOptions<T>) {
      const consumer = await consumeKafka(settings, topic, options, producer, log);
      consumers.add(consumer);
      return consumer;
    },
    async check() {
      await admin.connect();
      await admin.describeCluster();
    },
    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.close()));
      await producer.close();
      await admin.disconnect();
    },
  };
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
      const message = EJSON.parse(String(value)) as NewsMessages['progress'];
      for (const listener of listeners) listener(message);
    } catch (error) {
      log.error({ error }, 'news that cannot be read');
    }
  };
  return {
    // Dates stay dates on the way.
    publish: (topic, message) =>
      producer.send(topic, [{ key: message.requestId, value: EJSON.stringify(message, { relaxed: true }) }]),
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
