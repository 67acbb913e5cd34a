import DataLoader from 'dataloader';
import type { RequestId } from '../domain/ids.js';
import type { CompletedImage } from '../models/image-transitions.js';
import type { RequestSnapshot } from '../models/request.js';
import type { Claims } from './claims.js';
import type { WorkerDeps } from './deps.js';
import type { RequestCache } from './request-cache.js';

/** For how long made images wait for others to be recorded with, in milliseconds: steps are told at a slower pace. */
const GATHER_MS = 200;

type Deps = Pick<WorkerDeps, 'database'> & { cache: RequestCache; claims: Claims };

interface Completed {
  request: RequestSnapshot;
  image: CompletedImage;
}

/**
 * Records that an image was made. Answers the request as it was just before, whose epoch fences the count; null where
 * the image was no longer ours.
 */
export type RecordCompleted = (request: RequestSnapshot, image: CompletedImage) => Promise<RequestSnapshot | null>;

/**
 * Those that are made within a moment are recorded by one write, and so counted by one: on busy cores each write of
 * its own costs more than an image's share of the rest. Nothing waits where nothing else is in hand.
 */
export function createRecordCompleted({ database, cache, claims }: Deps): RecordCompleted {
  let gathered = 0;
  let recordNow: () => void = () => undefined;
  const recording = new DataLoader<Completed, RequestSnapshot | null>(
    async (completed) => {
      const requests = new Map<RequestId, RequestSnapshot>();
      for (const { request } of completed) {
        const { _id } = request;
        if (!requests.has(_id)) requests.set(_id, (await cache.get(_id)) ?? request);
      }
      const recorded = await database.images.completeImages(completed.map(({ image }) => image));
      return completed.map(({ request, image }) =>
        recorded.has(image.id) ? (requests.get(request._id) ?? null) : null,
      );
    },
    {
      cache: false,
      batchScheduleFn: (record) => {
        recordNow = () => {
          clearTimeout(timer);
          gathered = 0;
          recordNow = () => undefined;
          record();
        };
        const timer = setTimeout(recordNow, GATHER_MS);
      },
    },
  );
  return (request, image) => {
    gathered++;
    const recorded = recording.load({ request, image });
    if (gathered >= claims.size) recordNow();
    return recorded;
  };
}
