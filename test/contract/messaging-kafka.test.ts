import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { createKafkaMessaging } from '../../src/messaging/kafka.js';
import { messagingContract } from './messaging.js';

const brokers = process.env['KAFKA_BROKERS'];
const log = pino({ level: 'silent' });

if (brokers) {
  messagingContract('Kafka', () =>
    createKafkaMessaging({ brokers: [brokers], credentials: null, prefix: `test-${randomUUID()}` }, log),
  );
} else {
  // A file without a test counts as failed; the contract itself needs a broker to run on.
  it('the messaging contract runs on Kafka where KAFKA_BROKERS names one', () => expect(brokers).toBeUndefined());
}
