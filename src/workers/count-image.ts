import { allImagesEnded } from '../domain/counts.js';
import type { ImageId } from '../domain/ids.js';
import type { RequestSnapshot } from '../models/request.js';
import type { CountIncrement } from '../models/request-transitions.js';
import type { CompleteRequest } from './complete-request.js';
import type { WorkerDeps } from './deps.js';
import type { Recount } from './recount.js';
import type { ReleaseImages } from './release-images.js';
import type { RequestCache } from './request-cache.js';
import type { RunStage } from './run-stage.js';

type Deps = Pick<WorkerDeps, 'database' | 'progress'> & {
  cache: RequestCache;
  runStage: RunStage;
  recount: Recount;
  releaseImages: ReleaseImages;
  completeRequest: CompleteRequest;
};

/** @param seen the request as it was read before the image's own update: its epoch fences the count */
export type CountImage = (seen: RequestSnapshot, imageId: ImageId, increment: CountIncrement) => Promise<void>;

/** After an image has ended: counts it, tells it, lets the next ones go, and ends the request if it was the last. */
export function createCountImage(deps: Deps): CountImage {
  const { database, progress, cache, runStage, recount, releaseImages, completeRequest } = deps;
  return async (seen, imageId, increment) => {
    const counted = await runStage('count', () => database.requests.countImage(seen._id, seen.epoch, increment));
    const request = counted ?? (await recount(seen._id));
    if (!request) {
      cache.forget(seen._id);
      return;
    }
    cache.keep(request);
    progress.report(request, imageId);
    if (allImagesEnded(request.counts)) await completeRequest(request);
    else await releaseImages(request);
  };
}
