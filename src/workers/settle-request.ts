import type { RequestId } from '../domain/ids.js';
import type { RequestSnapshot } from '../models/request.js';
import type { WorkerDeps } from './deps.js';
import type { Recount } from './recount.js';

type Deps = Pick<WorkerDeps, 'database'> & {
  recount: Recount;
  cancelImages: (request: RequestSnapshot) => Promise<void>;
};

/**
 * After an image was put back to PENDING and its request was found moved on: one that is being cancelled cancels this
 * image too, which came back after the others had been; any other is counted anew.
 */
export function createSettleRequest({ database, recount, cancelImages }: Deps): (id: RequestId) => Promise<void> {
  return async (id) => {
    const request = await database.requests.findRequest(id);
    if (request?.status === 'CANCELLING') await cancelImages(request);
    else if (request) await recount(id);
  };
}
