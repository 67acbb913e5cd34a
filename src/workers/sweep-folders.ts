import { REQUESTS_PREFIX, requestOfPrefix, requestPrefix } from '../storage/keys.js';
import type { WorkerDeps } from './deps.js';

/**
 * Removes the folders of requests that there are not: those of a database that was set back, and what a worker stored
 * that stood still for longer than the document of a deleted request stays.
 */
export function createSweepFolders({ database, storage, log }: Pick<WorkerDeps, 'database' | 'storage' | 'log'>) {
  /**
   * @param before a younger object is left alone, whatever the database says just now
   * @param goOn whether it is still this worker's turn; asked for each page
   */
  return async (before: Date, goOn: () => Promise<boolean>): Promise<void> => {
    for await (const folders of storage.folders(REQUESTS_PREFIX)) {
      if (!(await goOn())) return;
      const ids = folders.map(requestOfPrefix).filter((id) => id !== null);
      const existing = await database.requests.findExisting(ids);
      for (const id of ids.filter((each) => !existing.has(each))) {
        for await (const objects of storage.list(requestPrefix(id))) {
          const old = objects.filter(({ lastModified }) => lastModified < before).map(({ key }) => key);
          if (old.length > 0) log.warn({ requestId: id, objects: old.length }, 'objects of no request removed');
          await storage.delete(old);
        }
      }
    }
  };
}
