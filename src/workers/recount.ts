import { setTimeout as pause } from 'node:timers/promises';
import type { RequestId } from '../domain/ids.js';
import type { RequestSnapshot } from '../models/request.js';
import type { WorkerDeps } from './deps.js';

/** A recount that meets a count begins anew; where counts come without a pause, the reconciler tries again later. */
const TRIES = 10;
const PAUSE_MS = 50;

/** Answers the request with its counts right, or null where it is gone or does not come to rest. */
export type Recount = (id: RequestId) => Promise<RequestSnapshot | null>;

/** Makes the counts of a request what its images say, and raises its epoch in the same write. */
export function createRecount({ database }: Pick<WorkerDeps, 'database'>): Recount {
  const { requests, images } = database;
  const running = new Map<RequestId, Promise<RequestSnapshot | null>>();
  const waiting = new Map<RequestId, Promise<RequestSnapshot | null>>();

  const recount = async (id: RequestId) => {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const seen = await requests.findRequest(id);
      if (!seen) return null;
      const facts = await images.facts(id);
      const counted = await requests.recount(seen, facts, await images.flow(id, seen.flow.released, facts));
      if (counted) return counted;
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
