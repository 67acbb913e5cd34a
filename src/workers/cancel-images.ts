import { allImagesEnded } from '../domain/counts.js';
import type { RequestSnapshot } from '../models/request.js';
import type { CompleteRequest } from './complete-request.js';
import type { WorkerDeps } from './deps.js';
import type { Recount } from './recount.js';

type Deps = Pick<WorkerDeps, 'database' | 'progress' | 'metrics'> & {
  recount: Recount;
  completeRequest: CompleteRequest;
};

/** CANCELLING: what has not begun is cancelled; what is in work ends, and its count ends the request. */
export function createCancelImages(deps: Deps): (request: RequestSnapshot) => Promise<void> {
  const { database, progress, metrics, recount, completeRequest } = deps;
  return async (seen) => {
    const { count, first } = await database.images.cancelPending(seen);
    metrics.imagesCancelled(count);
    const request = await recount(seen._id);
    if (!request) return;
    progress.report(request);
    for (const imageId of first) progress.report(request, imageId);
    if (allImagesEnded(request.counts)) await completeRequest(request);
  };
}
