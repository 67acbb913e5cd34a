import type { Database } from '../models/database.js';
import type { WorkerDeps } from './deps.js';
import type { RequestCache } from './request-cache.js';

const PAGE = 100;

/** Puts images whose pause is over on the bus again. */
export function createTakeUpDueImages({
  database,
  queue,
  cache,
}: Pick<WorkerDeps, 'queue'> & { database: Database; cache: RequestCache }): () => Promise<void> {
  return async () => {
    const now = new Date();
    for (const image of await database.images.findDue(now, PAGE)) {
      const request = await cache.get(image.requestId);
      if (!(await database.images.takeUpImage(image._id, now)) || !request) continue;
      await database.requests.countDeferred(image.requestId, request.epoch, -1);
      await queue.publish('images', [{ requestId: image.requestId, imageId: image._id }]);
    }
  };
}
