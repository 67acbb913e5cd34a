import type { RequestSnapshot } from '../models/request.js';
import { inputCsvKey, requestPrefix } from '../storage/keys.js';
import type { WorkerDeps } from './deps.js';

/** Images asked for at once. */
const PAGE = 500;

/** Removes what stands in an ended request's folder and is named by no record: left by deliveries that came second. */
export function createSweepObjects({ database, storage }: Pick<WorkerDeps, 'database' | 'storage'>) {
  return async (request: RequestSnapshot): Promise<number> => {
    const named = new Set<string | null | undefined>([inputCsvKey(request._id), request.outputKey]);
    let after = -1;
    for (;;) {
      const images = await database.images.page(request._id, null, after, PAGE);
      for (const image of images) named.add(image.original?.key).add(image.compressed?.key);
      const last = images.at(-1);
      if (!last) break;
      after = last.seq;
    }
    let removed = 0;
    for await (const objects of storage.list(requestPrefix(request._id))) {
      const unnamed = objects.map((object) => object.key).filter((key) => !named.has(key));
      await storage.delete(unnamed);
      removed += unnamed.length;
    }
    if (request.sweepAt) await database.requests.finishSweep(request._id, request.sweepAt);
    return removed;
  };
}
