import type { RequestId } from '../domain/ids.js';
import { requestOfUpload, UPLOADS_PREFIX } from '../storage/keys.js';
import type { WorkerDeps } from './deps.js';

/** Removes uploaded files that no request names: left by a process that died between storing and recording. */
export function createSweepUploads({ database, storage }: Pick<WorkerDeps, 'database' | 'storage'>) {
  /**
   * @param before a younger file may still be on its way to its request
   * @param goOn whether it is still this worker's turn; asked for each page
   */
  return async (before: Date, goOn: () => Promise<boolean>): Promise<void> => {
    for await (const objects of storage.list(UPLOADS_PREFIX)) {
      if (!(await goOn())) return;
      const old = objects.filter(({ lastModified }) => lastModified < before).map(({ key }) => key);
      const ids = new Map<string, RequestId | null>(old.map((key) => [key, requestOfUpload(key)]));
      const existing = await database.requests.findExisting([...ids.values()].filter((id) => id !== null));
      const orphans = [...ids].filter(([, id]) => id === null || !existing.has(id));
      const unrecorded = orphans.flatMap(([, id]) => id ?? []);
      await storage.delete(orphans.map(([key]) => key));
      await database.skippedRows.remove(unrecorded);
      await database.fileWarnings.remove(unrecorded);
    }
  };
}
