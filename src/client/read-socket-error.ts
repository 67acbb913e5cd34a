import { PixelpressError } from './pixelpress-error.js';
import { type GraphQLErrorBody, readError } from './read-error.js';

/** Close codes of graphql-transport-ws after which it is of no use to come back. */
const NOT_UNDERSTOOD = [4400, 4401, 4406, 4500];
const FORBIDDEN = 4403;

/** What ended a subscription: errors of the service, the closing of the socket, or that it could not be opened. */
export function readSocketError(thrown: unknown): PixelpressError {
  const [told] = Array.isArray(thrown) ? (thrown as GraphQLErrorBody[]) : [];
  if (told) return readError(told);
  const { code, reason } = thrown as { code?: unknown; reason?: unknown };
  if (code === FORBIDDEN) return new PixelpressError('UNAUTHENTICATED', 'The service does not know this API key.');
  if (typeof code === 'number' && NOT_UNDERSTOOD.includes(code)) {
    return new PixelpressError('INTERNAL', `The service closed the connection: ${reason || code}.`);
  }
  return new PixelpressError('UNREACHABLE', 'The connection to the service was lost.', { cause: thrown });
}
