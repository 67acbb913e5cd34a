import type { RequestId } from '../domain/ids.js';
import { requestPrefix } from '../storage/keys.js';
import type { WorkerDeps } from './deps.js';

/** Removes the parts of a deleted request, its document last: a crash in between leaves that, and it begins anew. */
export function createPurgeRequest({ database, storage }: Pick<WorkerDeps, 'database' | 'storage'>) {
  return async (id: RequestId): Promise<void> => {
    await database.images.deleteOfRequest(id);
    await database.products.deleteOfRequest(id);
    for await (const objects of storage.list(requestPrefix(id))) {
      await storage.delete(objects.map((object) => object.key));
    }
    await database.requests.removeDeleted(id);
  };
}
