import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { AppError } from '../domain/errors.js';
import { createTokenBuckets } from '../domain/token-buckets.js';
import { ANONYMOUS, type Authenticate } from './authenticate.js';
import type { ClientAddress } from './client-address.js';
import { isForm } from './is-form.js';

/** Clients remembered: some megabytes, and more than one service serves in a minute. */
const MAX_CLIENTS = 20_000;

export interface AdmissionOptions {
  /** What one key, and one address, may ask for; 0 sets no limit. */
  uploadsPerMinute: number;
  queriesPerMinute: number;
  socketsPerClient: number;
  authenticate: Authenticate;
  addressOf: ClientAddress;
}

type Kind = 'upload' | 'query';

/** How much one client may ask for, over whichever interface: counted by its address, and by its key. */
export interface Admission {
  /** @throws AppError RATE_LIMITED, with `retryAfter` in seconds */
  count(kind: Kind, client: { address: string; owner: string | null }): void;
  /** Counts each request that reaches it: a form as an upload, anything else as a query. */
  handler: RequestHandler;
  /** A place for one more socket from this address, and the way to leave it; null where it has all that it may. */
  openSocket(address: string): (() => void) | null;
  /** The same for an owner, once that is known. */
  openOwnersSocket(owner: string): (() => void) | null;
}

export function createAdmission(options: AdmissionOptions): Admission {
  const { uploadsPerMinute, queriesPerMinute, socketsPerClient, authenticate, addressOf } = options;
  const buckets = {
    upload: createTokenBuckets({ perMinute: uploadsPerMinute, maxNames: MAX_CLIENTS }),
    query: createTokenBuckets({ perMinute: queriesPerMinute, maxNames: MAX_CLIENTS }),
  };
  const sockets = new Map<string, number>();
  const count: Admission['count'] = (kind, { address, owner }) => {
    const names = [`address ${address}`, ...(hasKey(owner) ? [`key ${owner}`] : [])];
    for (const name of names) {
      const wait = buckets[kind].take(name);
      if (wait > 0) {
        const retryAfter = Math.ceil(wait / 1_000);
        throw new AppError('RATE_LIMITED', `Too much at once; try again in ${retryAfter} s.`, { retryAfter });
      }
    }
  };
  const open = (client: string) => {
    const before = sockets.get(client) ?? 0;
    if (before >= socketsPerClient) return null;
    sockets.set(client, before + 1);
    return () => {
      const left = (sockets.get(client) ?? 1) - 1;
      if (left > 0) sockets.set(client, left);
      else sockets.delete(client);
    };
  };
  return {
    count,
    handler(request, _response, next) {
      count(kindOf(request), { address: addressOf(request), owner: authenticate(request.headers) });
      next();
    },
    openSocket: (address) => open(`address ${address}`),
    openOwnersSocket: (owner) => (hasKey(owner) ? open(`key ${owner}`) : () => undefined),
  };
}

/** While no keys are set all clients are one owner, and only their addresses tell them apart. */
function hasKey(owner: string | null): boolean {
  return owner !== null && owner !== ANONYMOUS;
}

function kindOf({ method, headers }: IncomingMessage): Kind {
  return method === 'POST' && isForm(headers) ? 'upload' : 'query';
}
