import { MongoError } from './mongo-error.js';

/** What lmdb gives to those whose writes were in a commit that failed; why it failed comes after it. */
interface FailedCommit extends Error {
  commitError: Promise<never>;
}

function isFailedCommit(error: unknown): error is FailedCommit {
  return error instanceof Error && 'commitError' in error && error.commitError instanceof Promise;
}

/** As a server answers a write that its disk did not take, whatever the reason: nothing of the commit was written. */
export function translateCommitError(error: unknown): unknown {
  if (!isFailedCommit(error)) return error;
  error.commitError.catch(() => undefined);
  return new MongoError('OutOfDiskSpace', 'the write could not be committed: the disk is full, or fails');
}

/**
 * lmdb makes a promise of each batch that it gives to nobody: should its commit fail, that would end the process.
 * Everything else that nobody has heard ends it as before. @returns what takes this back
 */
export function outliveFailedCommits(): () => void {
  const hear = (reason: unknown) => {
    if (!isFailedCommit(reason)) throw reason;
  };
  process.on('unhandledRejection', hear);
  return () => process.off('unhandledRejection', hear);
}
