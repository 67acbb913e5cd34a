import { AppError } from '../domain/errors.js';
import type { RequestId } from '../domain/ids.js';
import { advance } from './advance.js';
import type { RequestDeps } from './deps.js';
import { createFindRequest } from './find-request.js';

type Deps = Pick<RequestDeps, 'database' | 'queue' | 'progress' | 'log'>;
export type DeleteRequest = (owner: string, id: string) => Promise<RequestId>;

/** Takes an ended request away from every reader; a worker removes its parts. @throws NOT_FOUND, CONFLICT */
export function createDeleteRequest(deps: Deps): DeleteRequest {
  const findRequest = createFindRequest(deps);
  return async (owner, id) => {
    const found = await findRequest(owner, id);
    const deleted = await deps.database.requests.markDeleted(found._id);
    if (!deleted) {
      await findRequest(owner, id);
      throw new AppError('CONFLICT', 'The request has not ended yet; cancel it first.');
    }
    await advance(deps, deleted);
    return deleted._id;
  };
}
