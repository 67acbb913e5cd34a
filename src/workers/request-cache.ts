import type { RequestId } from '../domain/ids.js';
import type { Database } from '../models/database.js';
import type { RequestSnapshot } from '../models/request.js';

/** Requests that one worker process keeps at hand. */
const MAX_REQUESTS = 1_000;
/** For how long after a recount a request is read from the database each time, in milliseconds. */
const DOUBT_MS = 10_000;

/**
 * Requests as this process last saw them in work. What is old does no harm: the options never change, and a count made
 * with an old epoch is refused by the database, which leads to a recount.
 */
export interface RequestCache {
  /** One that was not PROCESSING when it was last seen is read again: another process may have opened it. */
  get(id: RequestId): Promise<RequestSnapshot | null>;
  /** Keeps what an update returned, if it is newer. */
  keep(request: RequestSnapshot): void;
  forget(id: RequestId): void;
  /**
   * It was counted anew, here or elsewhere. Were it taken from here now, two processes would refuse each other's counts
   * by turns, each with a recount over all images of the request.
   */
  doubt(id: RequestId): void;
}

export function createRequestCache(database: Database): RequestCache {
  const requests = new Map<RequestId, RequestSnapshot>();
  const doubtedUntil = new Map<RequestId, number>();
  const isDoubted = (id: RequestId) => {
    const until = doubtedUntil.get(id);
    if (until === undefined) return false;
    if (Date.now() < until) return true;
    doubtedUntil.delete(id);
    requests.delete(id);
    return false;
  };
  const keep = (request: RequestSnapshot) => {
    const known = requests.get(request._id);
    if (known && known.revision > request.revision) return;
    requests.delete(request._id);
    if (request.status !== 'PROCESSING') return;
    requests.set(request._id, request);
    if (requests.size > MAX_REQUESTS) requests.delete(requests.keys().next().value as RequestId);
  };
  return {
    keep,
    forget: (id) => void requests.delete(id),
    doubt(id) {
      doubtedUntil.delete(id);
      doubtedUntil.set(id, Date.now() + DOUBT_MS);
      if (doubtedUntil.size > MAX_REQUESTS) doubtedUntil.delete(doubtedUntil.keys().next().value as RequestId);
    },
    async get(id) {
      const known = isDoubted(id) ? null : requests.get(id);
      if (known) return known;
      const found = await database.requests.findRequest(id);
      if (found) keep(found);
      return found;
    },
  };
}
