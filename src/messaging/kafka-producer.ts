import { type Message, Partitioners, type Producer } from 'kafkajs';
import type { Log } from '../domain/log.js';
import { TimeoutError, withinTime } from '../domain/within-time.js';
import { brokerUnavailable } from './broker-unavailable.js';
import { createKafkaClient, type KafkaSettings } from './kafka-client.js';
import { type TopicName, topicOf } from './kafka-topics.js';

/** Tries of one send within kafkajs: some seconds. */
const RETRIES = 5;
/** How long who publishes waits, in milliseconds: what is not out by then the reconciler, or the next news, puts out. */
const SEND_TIMEOUT_MS = 5_000;

/** Sends to the topics of this service; idempotent, acknowledged by all replicas in sync. */
export interface KafkaProducer {
  /** @throws AppError UNAVAILABLE where the brokers do not take the messages in time */
  send(topic: TopicName, messages: Message[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * A producer that failed is thrown away, and the next send makes a new one: kafkajs' idempotent producer does not
 * always find its way back after a broker's restart (sequence numbers that the broker forgot, stale metadata). That a
 * message may then come twice does no harm here.
 */
export function createKafkaProducer(settings: KafkaSettings, log: Log): KafkaProducer {
  let current: Promise<Producer> | null = null;

  const open = async (): Promise<Producer> => {
    const producer = createKafkaClient(settings, log, RETRIES).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return producer;
  };
  const drop = async (failed: Promise<Producer>) => {
    if (current === failed) current = null;
    await failed.then((producer) => producer.disconnect()).catch(() => undefined);
  };

  const sendOnce = async (topic: TopicName, messages: Message[]) => {
    current ??= open();
    const used = current;
    try {
      const producer = await withinTime(used, SEND_TIMEOUT_MS);
      await withinTime(producer.send({ topic: topicOf(settings, topic), acks: -1, messages }), SEND_TIMEOUT_MS);
    } catch (error) {
      log.warn({ topic, error }, 'not published');
      void drop(used);
      throw error;
    }
  };

  return {
    async send(topic, messages) {
      if (messages.length === 0) return;
      // Where the brokers answer, what failed is mostly the producer's own state.
      const again = (error: unknown) => {
        if (error instanceof TimeoutError) throw error;
        return sendOnce(topic, messages);
      };
      await sendOnce(topic, messages)
        .catch(again)
        .catch((error) => {
          throw brokerUnavailable(error);
        });
    },
    async close() {
      if (current) await drop(current);
    },
  };
}
