import { setTimeout as pause } from 'node:timers/promises';
import type { ConsumerConfig, EachBatchPayload, Consumer as KafkaConsumer } from 'kafkajs';
import type { Log } from '../domain/log.js';
import { createKafkaClient, type KafkaSettings } from './kafka-client.js';

/** Tries within kafkajs before a consumer counts as crashed. */
const RETRIES = 5;
/** How long the first consumer may take to join, in milliseconds: a broker that has just started loads its groups first. */
const START_LIMIT_MS = 60_000;
/** Between a crash and the next consumer, in milliseconds. */
const RESTART_PAUSE_MS = 1_000;
/** How long a fetch waits for messages, in milliseconds: kafkajs sends its heartbeats between fetches. */
const FETCH_WAIT_MS = 500;
/** A member that says nothing for this long is dead, in milliseconds; the group waits for it that long at the most. */
const SESSION_TIMEOUT_MS = 15_000;
const HEARTBEAT_EVERY_MS = 3_000;
/** Bytes fetched at once of one partition: some hundred messages. */
const MAX_PARTITION_BYTES = 64 * 1024;

export interface KafkaSessionOptions {
  topic: string;
  groupId: string;
  fromBeginning: boolean;
  /** Called within the fetch loop: it must return soon, and resolve the offsets that it took. */
  onBatch(batch: EachBatchPayload, consumer: KafkaConsumer): Promise<void>;
  /** The group gave out its partitions anew; those of this consumer. Every new consumer begins with this. */
  onAssigned(partitions: readonly number[], consumer: KafkaConsumer): void;
}

/** A member of a consumer group for as long as it is open, whatever happens to the brokers. */
export interface KafkaSession {
  /** The consumer of now; null between a crash and the next one. */
  consumer(): KafkaConsumer | null;
  close(): Promise<void>;
}

/**
 * Keeps a consumer running: one that crashed is thrown away and made anew, with a client of its own. kafkajs' own
 * restarts are off: they end for good on errors that it takes for final, and keep metadata that a restarted broker no
 * longer honours. Resolves when the first consumer reads. @throws where that cannot be
 */
export async function openKafkaSession(
  settings: KafkaSettings,
  options: KafkaSessionOptions,
  log: Log,
): Promise<KafkaSession> {
  const stop = new AbortController();
  let current: KafkaConsumer | null = null;

  const start = async (): Promise<{ crashed: Promise<void> }> => {
    const consumer = createKafkaClient(settings, log, RETRIES).consumer(configOf(options));
    const crashed = new Promise<void>((resolve) => {
      consumer.on('consumer.crash', ({ payload }) => {
        log.warn({ topic: options.topic, error: payload.error }, 'consumer crashed');
        resolve();
      });
    });
    consumer.on('consumer.group_join', ({ payload }) => {
      options.onAssigned(payload.memberAssignment[options.topic] ?? [], consumer);
    });
    // Where “from now on” is, kafkajs asks with its first fetch.
    const fetched = new Promise<void>((resolve) => {
      consumer.on('consumer.fetch', () => resolve());
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topic: options.topic, fromBeginning: options.fromBeginning });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (batch) => options.onBatch(batch, consumer),
      });
      await Promise.race([fetched, crashed.then(() => Promise.reject(new Error('the group could not be joined')))]);
    } catch (error) {
      await end(consumer);
      throw error;
    }
    current = consumer;
    return { crashed };
  };
  const end = async (consumer: KafkaConsumer) => {
    if (current === consumer) current = null;
    await consumer.disconnect().catch((error) => log.debug({ error }, 'consumer not disconnected'));
  };
  const keepRunning = async (first: { crashed: Promise<void> }) => {
    const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
    for (let running: { crashed: Promise<void> } | null = first; !stop.signal.aborted; ) {
      if (running) await Promise.race([running.crashed, stopped]);
      if (current) await end(current);
      await pause(RESTART_PAUSE_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return;
      running = await start().catch((error) => {
        log.warn({ topic: options.topic, error }, 'consumer not started; trying again');
        return null;
      });
    }
    if (current) await end(current);
  };

  const startFirst = async () => {
    for (const end = Date.now() + START_LIMIT_MS; ; await pause(RESTART_PAUSE_MS)) {
      try {
        return await start();
      } catch (error) {
        if (Date.now() > end) throw error;
        log.warn({ topic: options.topic, error }, 'consumer not started; trying again');
      }
    }
  };
  const running = keepRunning(await startFirst());
  return {
    consumer: () => current,
    async close() {
      stop.abort();
      await running;
    },
  };
}

function configOf({ groupId }: KafkaSessionOptions): ConsumerConfig {
  return {
    groupId,
    sessionTimeout: SESSION_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_EVERY_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    maxBytesPerPartition: MAX_PARTITION_BYTES,
    // The rest of its retries are the client's; this one kafkajs would set to its own default.
    retry: { retries: RETRIES },
  };
}
