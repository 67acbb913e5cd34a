import { AppError } from '../domain/errors.js';
import { isTerminal } from '../domain/request-status.js';
import type { RequestSnapshot } from '../models/request.js';
import { advance } from './advance.js';
import type { RequestDeps } from './deps.js';
import { createFindRequest } from './find-request.js';

type Deps = Pick<RequestDeps, 'database' | 'queue' | 'progress' | 'log'>;
export type RetryFailedImages = (owner: string, id: string) => Promise<RequestSnapshot>;

/** Opens an ended request again for its failed images. @throws NOT_FOUND, CONFLICT */
export function createRetryFailedImages(deps: Deps): RetryFailedImages {
  const findRequest = createFindRequest(deps);
  return async (owner, id) => {
    const found = await findRequest(owner, id);
    const reopened = await deps.database.requests.reopenRequest(found._id);
    if (reopened) {
      await advance(deps, reopened);
      return reopened;
    }
    const now = await findRequest(owner, id);
    throw new AppError(
      'CONFLICT',
      isTerminal(now.status) ? 'The request has no failed images.' : 'The request has not ended yet.',
    );
  };
}
