import DataLoader from 'dataloader';
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

interface EndedImage {
  /** The request as it was read before the image's own update: its epoch fences the count. */
  seen: RequestSnapshot;
  imageId: ImageId;
  increment: CountIncrement;
}

/** Images of one request that one write counted; null where a recount had come between. */
interface Counted {
  request: RequestSnapshot | null;
  imageIds: ImageId[];
}

/** After an image has ended: counts it, tells it, lets the next ones go, and ends the request if it was the last. */
export type CountImage = (ended: EndedImage) => Promise<void>;

export function createCountImage(deps: Deps): CountImage {
  const { database, progress, cache, runStage, recount, releaseImages, completeRequest } = deps;
  const countGroup = async (group: readonly [EndedImage, ...EndedImage[]]): Promise<Counted> => {
    const { _id, epoch } = group[0].seen;
    const increments = group.map(({ increment }) => increment);
    return {
      request: await database.requests.countImages(_id, epoch, increments),
      imageIds: group.map(({ imageId }) => imageId),
    };
  };
  // What was recorded together is counted together, and the first image of a request goes on for all.
  const counting = new DataLoader<EndedImage, Counted | null>(
    async (ended) => {
      const groups = new Map<string, [EndedImage, ...EndedImage[]]>();
      for (const each of ended) {
        const name = `${each.seen._id} ${each.seen.epoch}`;
        const group = groups.get(name);
        if (group) group.push(each);
        else groups.set(name, [each]);
      }
      const counts = new Map(
        await Promise.all([...groups.values()].map(async (group) => [group[0], await countGroup(group)] as const)),
      );
      return ended.map((each) => counts.get(each) ?? null);
    },
    { cache: false },
  );
  return async (ended) => {
    const counted = await runStage('count', () => counting.load(ended));
    if (!counted) return;
    const { _id } = ended.seen;
    const request = counted.request ?? (await recount(_id));
    if (!request) {
      cache.forget(_id);
      return;
    }
    cache.keep(request);
    for (const imageId of counted.imageIds) progress.report(request, imageId);
    if (allImagesEnded(request.counts)) await completeRequest(request);
    else await releaseImages(request);
  };
}
