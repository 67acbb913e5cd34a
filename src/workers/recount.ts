import { setTimeout as pause } from 'node:timers/promises';
import type { RequestId } from '../domain/ids.js';
import { isTerminal } from '../domain/request-status.js';
import type { RequestSnapshot } from '../models/request.js';
import type { WorkerDeps } from './deps.js';
import type { RequestCache } from './request-cache.js';

/** A recount that meets a count begins anew; where counts come without a pause, the reconciler tries again later. */
const TRIES = 10;
const PAUSE_MS = 50;

/** Answers the request with its counts right, or null where it is gone, has ended or does not come to rest. */
export type Recount = (id: RequestId) => Promise<RequestSnapshot | null>;

/** Makes the counts of a request what its images say, and raises its epoch in the same write. */
export function createRecount({ database, cache }: Pick<WorkerDeps, 'database'> & { cache: RequestCache }): Recount {
  const { requests, images } = database;
  const running = new Map<RequestId, Promise<RequestSnapshot | null>>();
  const waiting = new Map<RequestId, Promise<RequestSnapshot | null>>();

  const recount = async (id: RequestId) => {
    // From here on what is known of it may be old, whether this one gets through or another process's does.
    cache.doubt(id);
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const seen = await requests.findRequest(id);
      if (!seen || isTerminal(seen.status)) return null;
      const facts = await images.facts(seen);
      const counted = await requests.recount(seen, facts, await images.flow(id, seen.flow.released, facts));
      if (counted) {
        cache.keep(counted);
        return counted;
      }
      await pause(PAUSE_MS * attempt * Math.random());
    }
    return null;
  };
  const start = (id: RequestId) => {
    const run = recount(id).finally(() => running.delete(id));
    running.set(id, run);
    return run;
  };
  // One at a time for each request; who comes while one runs shares the next, because the one that runs may have
  // asked the images already.
  return (id) => {
    const current = running.get(id);
    if (!current) return start(id);
    const next =
      waiting.get(id) ??
      current
        .catch(() => null)
        .then(() => {
          waiting.delete(id);
          return start(id);
        });
    waiting.set(id, next);
    return next;
  };
}

/** Between a count that was refused and the recount for it, in milliseconds, and at most. */
const REST_MS = 250;
const MAX_REST_MS = 5_000;
/** Of the time that recounts of large requests may take. */
const REST_TIMES = 10;

/**
 * The recount for counts that came with an old epoch. It waits a little, and for longer after one that took long: each
 * recount refuses the counts that are under way beside it, here and in other processes, and all of them share the next.
 */
export function createRecountSoon(recount: Recount): Recount {
  const asked = new Map<RequestId, ReturnType<Recount>>();
  let restMs = REST_MS;
  return (id) => {
    const known = asked.get(id);
    if (known) return known;
    const run = async () => {
      await pause(restMs);
      asked.delete(id);
      const began = performance.now();
      const counted = await recount(id);
      restMs = Math.min(MAX_REST_MS, Math.max(REST_MS, REST_TIMES * (performance.now() - began)));
      return counted;
    };
    const running = run();
    asked.set(id, running);
    return running;
  };
}
