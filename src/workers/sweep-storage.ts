import type { WorkerDeps } from './deps.js';
import { createOwnsStorage } from './owns-storage.js';
import { createSweepFolders } from './sweep-folders.js';
import { createSweepUploads } from './sweep-uploads.js';

/** Between two looks at all folders, in milliseconds: they are as many as the requests. */
const FOLDERS_EVERY_MS = 86_400_000;

type Deps = Pick<WorkerDeps, 'database' | 'storage' | 'log'> & {
  /** How long an upload may take, in milliseconds: what is younger than two of them may be on its way. */
  uploadTimeoutMs: number;
};

/** Removes from the object store what processes left that died, and nothing names. */
export function createSweepStorage(deps: Deps): () => Promise<void> {
  const ownsStorage = createOwnsStorage(deps);
  const sweepUploads = createSweepUploads(deps);
  const sweepFolders = createSweepFolders(deps);
  let foldersAt = 0;
  return async () => {
    const before = new Date(Date.now() - 2 * deps.uploadTimeoutMs);
    if (!(await ownsStorage())) return;
    await deps.storage.removeUnfinished(before);
    await sweepUploads(before);
    if (Date.now() < foldersAt) return;
    await sweepFolders(before);
    foldersAt = Date.now() + FOLDERS_EVERY_MS;
  };
}
