import { inputCsvKey, requestOfUpload, UPLOADS_PREFIX } from '../storage/keys.js';
import type { WorkerDeps } from './deps.js';

type Deps = Pick<WorkerDeps, 'database' | 'storage'> & {
  /** How long an upload may take, in milliseconds: a younger file may still be on its way to its request. */
  uploadTimeoutMs: number;
};

/** Removes uploaded files that no request names: left by a process that died between storing and recording. */
export function createSweepUploads({ database, storage, uploadTimeoutMs }: Deps): () => Promise<void> {
  return async () => {
    const before = Date.now() - 2 * uploadTimeoutMs;
    for await (const objects of storage.list(UPLOADS_PREFIX)) {
      const old = objects.filter(({ lastModified }) => lastModified.getTime() < before).map(({ key }) => key);
      const ids = old.map(requestOfUpload).filter((id) => id !== null);
      const existing = await database.requests.findExisting(ids);
      const orphans = ids.filter((id) => !existing.has(id));
      await storage.delete(orphans.map(inputCsvKey));
      await database.skippedRows.remove(orphans);
      await database.fileWarnings.remove(orphans);
    }
  };
}
