import kafkajs from 'kafkajs';
import { brokerUnavailable } from '../../src/messaging/broker-unavailable.js';

const { KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } = kafkajs;

const said = (type: string) => new KafkaJSProtocolError(Object.assign(new Error(type), { type }));
const badPassword = Object.assign(new KafkaJSNonRetriableError('SASL PLAIN authentication failed'), {
  name: 'KafkaJSSASLAuthenticationError',
});
const gaveUp = (cause: Error) => new KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 5, retryTime: 2_000 });

describe('what a broker refuses', () => {
  it.each([
    ['a topic that may not be written', said('TOPIC_AUTHORIZATION_FAILED')],
    ['a cluster that may not be described', gaveUp(said('CLUSTER_AUTHORIZATION_FAILED'))],
    ['a password that is wrong', gaveUp(badPassword)],
  ])('is denied: %s', (_name, error) => {
    expect(brokerUnavailable(error)).toMatchObject({ code: 'UNAVAILABLE', outage: 'denied', cause: error });
  });
});

describe('what else kafkajs gives up with', () => {
  it.each([
    ['no connection', gaveUp(new Error('connect ECONNREFUSED'))],
    ['no leader', said('LEADER_NOT_AVAILABLE')],
  ])('may pass: %s', (_name, error) => {
    expect(brokerUnavailable(error)).toMatchObject({ code: 'UNAVAILABLE', outage: 'unreachable', cause: error });
  });
});
