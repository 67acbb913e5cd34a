import type { RequestId } from '../domain/ids.js';
import type { WorkerDeps } from './deps.js';
import { eachByTime } from './each-by-time.js';

type Deps = Pick<WorkerDeps, 'database'> & {
  purgeRequest: (id: RequestId) => Promise<void>;
  keepDocumentMs: number;
  /** No other process works on this database. */
  alone: boolean;
};

/**
 * Removes what is left of deleted requests whose documents have stayed long enough. The first time all of them, where
 * nobody else works: a removal that has not ended was broken off.
 */
export function createPurgeDeleted({ database, purgeRequest, keepDocumentMs, alone }: Deps) {
  let isFirst = alone;
  return async (signal: AbortSignal): Promise<void> => {
    const until = new Date(Date.now() - (isFirst ? 0 : keepDocumentMs));
    const deleted = eachByTime('deletedAt', (after, limit) => database.requests.findDeleted(after, until, limit));
    for await (const { _id } of deleted) {
      signal.throwIfAborted();
      await purgeRequest(_id);
    }
    isFirst = false;
  };
}
