import { setTimeout as pause } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { StartError } from '../domain/errors.js';
import type { Log } from '../domain/log.js';
import { createKafkaClient, type KafkaSettings } from './kafka-client.js';
import type { NewsTopic, WorkTopic } from './topics.js';

export type TopicName = WorkTopic | NewsTopic | 'dead';

/** Partitions of each topic where we make it: as many worker processes can share `images` (docs/scaling.md). */
export const PARTITIONS: Readonly<Record<TopicName, number>> = { requests: 6, images: 24, progress: 6, dead: 1 };
/** The broker's own default: 1 on a broker alone, 3 in Confluent Cloud. */
const DEFAULT_REPLICATION = -1;
const RETRIES = 10;
/** What a broker says of topics that the controller has just made. */
const NOT_KNOWN_YET = 'UNKNOWN_TOPIC_OR_PARTITION';
const LOOKS = 20;
const LOOK_EVERY_MS = 250;

export function topicOf({ prefix }: KafkaSettings, name: TopicName): string {
  return `${prefix}.${name}`;
}

/** The consumer group that shares the work of a topic. */
export function groupOf({ prefix }: KafkaSettings, topic: WorkTopic): string {
  return `${prefix}.${topic}`;
}

/** Makes the topics that are missing. @throws StartError, naming those that could not be made */
export async function ensureTopics(settings: KafkaSettings, log: Log): Promise<void> {
  const admin = createKafkaClient(settings, log, RETRIES).admin();
  await admin.connect();
  try {
    const missing = await findMissing(admin, settings);
    if (missing.length === 0) return;
    try {
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map((name) => ({
          topic: topicOf(settings, name),
          numPartitions: PARTITIONS[name],
          replicationFactor: DEFAULT_REPLICATION,
        })),
      });
    } catch (error) {
      // Another process that starts at the same time may have made them; and a broker knows of them a moment later.
      let still = await findMissing(admin, settings);
      for (let looks = 0; looks < LOOKS && still.length > 0 && reasonOf(error) === NOT_KNOWN_YET; looks++) {
        await pause(LOOK_EVERY_MS);
        still = await findMissing(admin, settings);
      }
      if (still.length === 0) return;
      const names = still.map((name) => topicOf(settings, name)).join(', ');
      throw new StartError(
        `Kafka has no topic ${names}, and these credentials could not make it (${reasonOf(error)}). ` +
          'Make it, or let them: the right is Create on the cluster.',
      );
    }
  } finally {
    await admin.disconnect();
  }
}

async function findMissing(admin: Admin, settings: KafkaSettings): Promise<TopicName[]> {
  const existing = new Set(await admin.listTopics());
  return (Object.keys(PARTITIONS) as TopicName[]).filter((name) => !existing.has(topicOf(settings, name)));
}

function reasonOf(error: unknown): string {
  const inner = error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors[0] : error;
  // Kafka's own name for it, such as TOPIC_AUTHORIZATION_FAILED.
  return inner instanceof Error && 'type' in inner ? String(inner.type) : 'no answer';
}
