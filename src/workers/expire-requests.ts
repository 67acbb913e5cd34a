import type { RequestId } from '../domain/ids.js';
import { isTerminal } from '../domain/request-status.js';
import type { RequestSnapshot } from '../models/request.js';
import type { WorkerDeps } from './deps.js';
import { eachByTime } from './each-by-time.js';

type Deps = Pick<WorkerDeps, 'database' | 'queue' | 'progress' | 'log'> & {
  purgeRequest: (id: RequestId) => Promise<void>;
  /** How long ended requests are kept, in milliseconds; null is for ever. */
  retentionMs: number | null;
};

/**
 * Removes the requests whose time is over, one after the other, so that a year's worth of them does not press on the
 * engines at once. One that is still at work is cancelled, and goes when that has ended it.
 */
export function createExpireRequests(deps: Deps): (signal: AbortSignal) => Promise<void> {
  const { requests } = deps.database;
  return async (signal) => {
    const now = new Date();
    const asked = eachByTime('expiresAt', (after, limit) => requests.findExpired(after, now, limit));
    for await (const request of asked) {
      signal.throwIfAborted();
      if (isTerminal(request.status)) await remove(deps, request);
      else await cancel(deps, request);
    }
    if (deps.retentionMs === null) return;
    const until = new Date(now.getTime() - deps.retentionMs);
    const old = eachByTime('finishedAt', (after, limit) => requests.findEnded(after, until, limit));
    for await (const request of old) {
      signal.throwIfAborted();
      await remove(deps, request);
    }
  };
}

/** The mark first: a crash after it leaves what the reconciler goes on with. */
async function remove({ database, log, purgeRequest }: Deps, request: RequestSnapshot): Promise<void> {
  if (!(await database.requests.expireRequest(request))) return;
  log.info({ requestId: request._id, finishedAt: request.finishedAt }, 'request expired');
  await purgeRequest(request._id);
}

async function cancel({ database, queue, progress, log }: Deps, { _id }: RequestSnapshot): Promise<void> {
  const cancelled = await database.requests.cancelRequest(_id);
  if (!cancelled) return;
  log.info({ requestId: _id }, 'request cancelled: its time is over');
  progress.report(cancelled);
  await queue.publish('requests', [{ requestId: _id }]);
}
