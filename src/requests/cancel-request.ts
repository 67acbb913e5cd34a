import { AppError } from '../domain/errors.js';
import type { RequestSnapshot } from '../models/request.js';
import { advance } from './advance.js';
import type { RequestDeps } from './deps.js';
import { createFindRequest } from './find-request.js';

type Deps = Pick<RequestDeps, 'database' | 'queue' | 'progress' | 'log'>;
export type CancelRequest = (owner: string, id: string) => Promise<RequestSnapshot>;

/** Stops the work on a request; one that is being cancelled is given back as it is. @throws NOT_FOUND, CONFLICT */
export function createCancelRequest(deps: Deps): CancelRequest {
  const findRequest = createFindRequest(deps);
  return async (owner, id) => {
    const found = await findRequest(owner, id);
    const cancelled = await deps.database.requests.cancelRequest(found._id);
    if (cancelled) {
      await advance(deps, cancelled);
      return cancelled;
    }
    const now = await findRequest(owner, id);
    if (now.status === 'CANCELLING' || now.status === 'CANCELLED') return now;
    throw new AppError('CONFLICT', `The request has ended (${now.status}); there is nothing to cancel.`);
  };
}
