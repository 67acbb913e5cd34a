import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../domain/errors.js';

/** The owner of what is made while no keys are set. */
export const ANONYMOUS = 'anonymous';

/** The name of the key that a client shows; null where it shows none that is known. */
export type Authenticate = (headers: IncomingHttpHeaders) => string | null;

export function createAuthenticate(apiKeys: ReadonlyMap<string, string>): Authenticate {
  if (apiKeys.size === 0) return () => ANONYMOUS;
  const digests = [...apiKeys].map(([name, secret]) => ({ name, digest: digestOf(secret) }));
  return (headers) => {
    const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    const shown = bearer ?? headers['x-api-key'];
    if (typeof shown !== 'string') return null;
    const digest = digestOf(shown);
    // All are compared, so that the time tells nothing of which one was nearly met.
    const met = digests.filter((key) => timingSafeEqual(key.digest, digest));
    return met[0]?.name ?? null;
  };
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** @throws AppError UNAUTHENTICATED */
export function requireOwner(authenticate: Authenticate, headers: IncomingHttpHeaders): string {
  const owner = authenticate(headers);
  if (owner === null) throw new AppError('UNAUTHENTICATED', 'An API key is needed: Authorization: Bearer KEY.');
  return owner;
}
