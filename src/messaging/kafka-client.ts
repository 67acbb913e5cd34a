import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import type { Log } from '../domain/log.js';

/** How to reach the brokers. */
export interface KafkaSettings {
  /** `host:port` of some of them. */
  brokers: readonly string[];
  /** SASL/PLAIN over TLS, as Confluent Cloud wants it; null for brokers that are open to this network. */
  credentials: { username: string; password: string } | null;
  /** Before the name of each topic and consumer group, with a dot. */
  prefix: string;
}

const CONNECTION_TIMEOUT_MS = 5_000;
/** Longer than a broker may hold a request: a rebalance is the longest (`rebalanceTimeout`, 60 s by default). */
const REQUEST_TIMEOUT_MS = 65_000;

/** A client of its own for each producer and consumer: one that failed is thrown away with all that it remembers. */
export function createKafkaClient({ brokers, credentials }: KafkaSettings, log: Log, retries: number): Kafka {
  const secured: Partial<KafkaConfig> = credentials ? { ssl: true, sasl: { mechanism: 'plain', ...credentials } } : {};
  return new Kafka({
    clientId: 'pixelpress',
    brokers: [...brokers],
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // What passes within some seconds kafkajs tries again; the restart of a consumer is ours.
    retry: { retries, initialRetryTime: 200, maxRetryTime: 2_000, restartOnFailure: async () => false },
    logLevel: logLevel.WARN,
    // What kafkajs calls an error it mostly mends itself; what it does not reaches us as one.
    logCreator:
      () =>
      ({ namespace, log: { message, error } }) =>
        log.debug({ kafka: namespace, error }, message),
    ...secured,
  });
}
