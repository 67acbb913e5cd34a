import type { RequestId } from '../domain/ids.js';
import type { Database } from '../models/database.js';
import type { RequestSnapshot } from '../models/request.js';

/** Requests that one worker process keeps at hand. */
const MAX_REQUESTS = 1_000;

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
}

export function createRequestCache(database: Database): RequestCache {
  const requests = new Map<RequestId, RequestSnapshot>();
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
    async get(id) {
      const known = requests.get(id);
      if (known) return known;
      const found = await database.requests.findRequest(id);
      if (found) keep(found);
      return found;
    },
  };
}
