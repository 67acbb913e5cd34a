import type { RequestId } from '../domain/ids.js';
import { inputCsvKey, requestPrefix } from '../storage/keys.js';
import type { WorkerDeps } from './deps.js';

/**
 * How long the document of a deleted request stays after its parts, in milliseconds: a worker that held one of its
 * images may store something till then, which the purge that goes with the document removes.
 */
const KEEP_DOCUMENT_MS = 10 * 60_000;

/** Removes the parts of a deleted request, its document last: a crash in between leaves that, and it begins anew. */
export function createPurgeRequest({ database, storage }: Pick<WorkerDeps, 'database' | 'storage'>) {
  return async (id: RequestId): Promise<void> => {
    await database.images.deleteOfRequest(id);
    await database.products.deleteOfRequest(id);
    await database.skippedRows.remove([id]);
    await database.fileWarnings.remove([id]);
    for await (const objects of storage.list(requestPrefix(id))) {
      await storage.delete(objects.map((object) => object.key));
    }
    await storage.delete([inputCsvKey(id)]);
    await database.requests.removeDeleted(id, new Date(Date.now() - KEEP_DOCUMENT_MS));
  };
}
