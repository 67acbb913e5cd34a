import type { RequestSnapshot } from '../models/request.js';
import type { WorkerDeps } from './deps.js';

/** Images of one request on the bus or in work: enough to keep some dozens of workers busy between two pages. */
const WINDOW = 256;
/** The next page goes out when this many places are free, so that not every image costs a query. */
const PAGE = 64;
/** Images that wait for their host may be this many before they count: else a hanging host would draw out all. */
const FREE_DEFERRED = 2 * WINDOW;

export type ReleaseImages = (request: RequestSnapshot) => Promise<void>;

/** Puts the next images of a request on the bus, as far as its window has room. */
export function createReleaseImages({ database, queue }: Pick<WorkerDeps, 'database' | 'queue'>): ReleaseImages {
  return async (request) => {
    let current: RequestSnapshot | null = request;
    while (current && roomOf(current) >= PAGE) {
      const { _id, flow }: RequestSnapshot = current;
      const room = roomOf(current);
      const images = await database.images.findReleasable(_id, flow.released, flow.expanded, room);
      const last = images.at(-1);
      const to = images.length < room || !last ? flow.expanded : last.seq + 1;
      // Whoever comes second finds another `released`, and leaves these images to the first.
      current = await database.requests.releaseImages(_id, flow.released, to, images.length);
      if (!current || images.length === 0) return;
      await queue.publish(
        'images',
        images.map((image) => ({ requestId: _id, imageId: image._id })),
      );
    }
  };
}

function roomOf({ status, reopening, flow }: RequestSnapshot): number {
  if (status !== 'PROCESSING' || reopening || flow.released >= flow.expanded) return 0;
  return WINDOW - Math.max(0, flow.inFlight) - Math.max(0, flow.deferred - FREE_DEFERRED);
}
