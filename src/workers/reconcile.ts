import { allImagesEnded, openImages } from '../domain/counts.js';
import type { RequestStatus } from '../domain/request-status.js';
import type { RequestSnapshot } from '../models/request.js';
import type { CompleteRequest } from './complete-request.js';
import type { WorkerDeps } from './deps.js';
import type { Recount } from './recount.js';
import type { ReleaseImages } from './release-images.js';

const PAGE = 100;
/** Images put out again at once for one request: more than its window holds. */
const MAX_REPUBLISHED = 1_024;

type Deps = Pick<WorkerDeps, 'database' | 'queue' | 'progress' | 'log' | 'metrics'> & {
  recount: Recount;
  releaseImages: ReleaseImages;
  completeRequest: CompleteRequest;
  sweepObjects: (request: RequestSnapshot) => Promise<void>;
  /** Where nothing moved for this long, in milliseconds, a message was lost: messages come twice rather than never. */
  stalledMs: number;
};

/** @param alone nobody else works on this database: then whatever is under way was left by a crash. */
export type Reconcile = (alone: boolean) => Promise<void>;

/** Finds what a crash left between two writes, and mends it. */
export function createReconcile(deps: Deps): Reconcile {
  const { database, log, metrics } = deps;
  return async (alone) => {
    const open = new Map<RequestStatus, number>();
    let images = 0;
    try {
      for await (const request of openRequests(deps)) {
        open.set(request.status, (open.get(request.status) ?? 0) + 1);
        images += openImages(request);
        await reconcileRequest(deps, request, alone).catch((error: unknown) =>
          log.error({ requestId: request._id, error }, 'request not reconciled'),
        );
      }
    } catch (error) {
      metrics.openRequestsUnknown();
      throw error;
    }
    metrics.openRequests(open, images);
    for (const request of await database.requests.findSweepable(new Date(), PAGE)) await deps.sweepObjects(request);
  };
}

async function* openRequests({ database }: Deps): AsyncGenerator<RequestSnapshot> {
  let after = '';
  for (;;) {
    const page = await database.requests.findOpen(after, PAGE);
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = last._id;
  }
}

async function reconcileRequest(deps: Deps, request: RequestSnapshot, alone: boolean): Promise<void> {
  const { database, queue, progress, recount, releaseImages, completeRequest, stalledMs } = deps;
  const { _id, status, counts, flow } = request;
  const expired = await database.images.releaseExpired(_id, alone ? null : new Date());
  const stalled = alone || expired > 0 || Date.now() - flow.movedAt.getTime() > stalledMs;
  if (!stalled) return;
  const counted = await recount(_id);
  if (!counted) return;
  progress.report(counted);
  if (status !== 'PROCESSING' || counts.total === null || request.reopening) {
    await queue.publish('requests', [{ requestId: _id }]);
  }
  if (allImagesEnded(counted.counts)) return completeRequest(counted);
  const released = await database.images.findReleased(_id, counted.flow.released, MAX_REPUBLISHED);
  await queue.publish(
    'images',
    released.map((image) => ({ requestId: _id, imageId: image._id })),
  );
  await releaseImages(counted);
}
