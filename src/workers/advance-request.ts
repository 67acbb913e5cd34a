import type { RequestId } from '../domain/ids.js';
import type { RequestSnapshot } from '../models/request.js';
import type { WorkerDeps } from './deps.js';

type Step = (request: RequestSnapshot) => Promise<void>;

type Deps = Pick<WorkerDeps, 'database' | 'tracing' | 'log'> & {
  expandRequest: (request: RequestSnapshot, signal: AbortSignal) => Promise<void>;
  cancelImages: Step;
  reopenImages: Step;
  purgeRequest: (id: RequestId) => Promise<void>;
};

export type AdvanceRequest = (message: { requestId: RequestId }, signal: AbortSignal) => Promise<void>;

/**
 * What a message about a request sets off: its own state says what is to be done, so that a message that comes twice,
 * late or in another order does no harm.
 */
export function createAdvanceRequest(deps: Deps): AdvanceRequest {
  const { requests, images, products } = deps.database;
  return async ({ requestId }, signal) => {
    const request = await requests.findRequest(requestId);
    if (!request) {
      // What was never here may be another database's, whose messages and objects are read for ours by mistake.
      if (await requests.isDeleted(requestId)) await deps.purgeRequest(requestId);
      else deps.log.warn({ requestId }, 'message about an unknown request');
      return;
    }
    if (request.reopening) await deps.reopenImages(request);
    if (isExpanding(request)) {
      await deps.tracing.span('expandRequest', { fields: { requestId } }, () => deps.expandRequest(request, signal));
    }
    // It may have been cancelled while it was expanded or reopened, or have been deleted since.
    const now = await requests.findRequest(requestId);
    // Its parts went before what was written here.
    if (!now && (await requests.isDeleted(requestId))) return deps.purgeRequest(requestId);
    if (!now) {
      // Its document went as well, or the database was set back: its objects are left to the sweep, as above.
      if (!isExpanding(request)) return;
      await images.deletePending(request);
      return products.deleteOfRequest(requestId);
    }
    // An expansion that met the cancellation too late takes back what it wrote.
    if (!isExpanding(now)) await images.deletePending(now);
    if (now.status === 'CANCELLING') await deps.cancelImages(now);
  };
}

/** Its images are not all written yet. */
function isExpanding({ status, counts }: RequestSnapshot): boolean {
  return status === 'PENDING' || (status === 'PROCESSING' && counts.total === null);
}
