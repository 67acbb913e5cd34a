import { allImagesEnded } from '../domain/counts.js';
import type { RequestSnapshot } from '../models/request.js';
import type { CompleteRequest } from './complete-request.js';
import type { WorkerDeps } from './deps.js';
import type { Recount } from './recount.js';
import type { ReleaseImages } from './release-images.js';

type Deps = Pick<WorkerDeps, 'database' | 'progress'> & {
  recount: Recount;
  releaseImages: ReleaseImages;
  completeRequest: CompleteRequest;
};

/** After `retryFailedImages`: the failed images are PENDING again, counted so, and go on the bus from the first. */
export function createReopenImages(deps: Deps): (request: RequestSnapshot) => Promise<void> {
  const { database, progress, recount, releaseImages, completeRequest } = deps;
  return async (seen) => {
    await database.images.reopenFailed(seen);
    if (!(await recount(seen._id))) return;
    const request = await database.requests.finishReopening(seen);
    if (!request) return;
    progress.report(request);
    if (allImagesEnded(request.counts)) await completeRequest(request);
    else await releaseImages(request);
  };
}
