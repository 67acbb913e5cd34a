import type { RequestId } from '../domain/ids.js';
import { inputCsvKey, requestPrefix } from '../storage/keys.js';
import type { WorkerDeps } from './deps.js';

type Deps = Pick<WorkerDeps, 'database' | 'storage'> & {
  /**
   * How long the document of a deleted request stays after its parts, in milliseconds: a worker that held one of its
   * images may store something till then, which the purge that goes with the document removes.
   */
  keepDocumentMs: number;
};

/** Removes the parts of a deleted request, its document last: a crash in between leaves that, and it begins anew. */
export function createPurgeRequest({ database, storage, keepDocumentMs }: Deps) {
  return async (id: RequestId): Promise<void> => {
    await database.images.deleteOfRequest(id);
    await database.products.deleteOfRequest(id);
    await database.skippedRows.remove([id]);
    await database.fileWarnings.remove([id]);
    for await (const objects of storage.list(requestPrefix(id))) {
      await storage.delete(objects.map((object) => object.key));
    }
    await storage.delete([inputCsvKey(id)]);
    await database.requests.removeDeleted(id, new Date(Date.now() - keepDocumentMs));
  };
}
