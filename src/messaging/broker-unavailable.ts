import { type UnavailableError, unavailable } from '../domain/errors.js';

/** What a broker calls it where who asks has no right. */
const DENIED = /^(SASL_AUTHENTICATION|[A-Z_]+_AUTHORIZATION)_FAILED$/;

/** What kafkajs gave up with, as an outage: whatever stops a broker from taking or telling something may pass. */
export function brokerUnavailable(error: unknown): UnavailableError {
  return unavailable('message broker', error, isDenied(error) ? 'denied' : 'unreachable');
}

/** kafkajs wraps what it was told, once or twice. */
function isDenied(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, type, cause } = error as Error & { type?: unknown };
  return name === 'KafkaJSSASLAuthenticationError' || DENIED.test(String(type)) || isDenied(cause);
}
