import type { WorkerDeps } from './deps.js';
import { createOwnsStorage } from './owns-storage.js';
import { createSweepFolders } from './sweep-folders.js';
import { createTakeSweep } from './sweep-lease.js';
import { createSweepUploads } from './sweep-uploads.js';

/** Between two looks at all folders, in milliseconds: they are as many as the requests. */
const FOLDERS_EVERY_MS = 86_400_000;

type Deps = Pick<WorkerDeps, 'database' | 'storage' | 'log'> & {
  /** How long an upload may take, in milliseconds: what is younger than two of them may be on its way. */
  uploadTimeoutMs: number;
  alone: boolean;
};

/** Removes from the object store what processes left that died, and nothing names; one worker of all does it at a time. */
export function createSweepStorage(deps: Deps): () => Promise<void> {
  const ownsStorage = createOwnsStorage(deps);
  const sweepUploads = createSweepUploads(deps);
  const sweepFolders = createSweepFolders(deps);
  const takeSweep = createTakeSweep(deps);
  let foldersAt = 0;
  return async () => {
    const before = new Date(Date.now() - 2 * deps.uploadTimeoutMs);
    if (!(await ownsStorage())) return;
    // Taken again for each page: a store of many takes longer to go through than a turn lasts.
    const takeUploads = () => takeSweep('sweep uploads', deps.uploadTimeoutMs);
    const takeFolders = () => takeSweep('sweep folders', deps.uploadTimeoutMs);
    if (!(await takeUploads())) return;
    await deps.storage.removeUnfinished(before);
    await sweepUploads(before, takeUploads);
    if (Date.now() < foldersAt || !(await takeFolders())) return;
    await sweepFolders(before, takeFolders);
    // Only now for the whole day: after a death among them another worker begins anew soon.
    await takeSweep('sweep folders', FOLDERS_EVERY_MS);
    foldersAt = Date.now() + FOLDERS_EVERY_MS;
  };
}
