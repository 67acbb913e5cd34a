import { statfs } from 'node:fs/promises';

/** For how long an answer holds, in milliseconds: many ask at once. */
const FRESH_MS = 200;

/** Whether the disk of a folder has more than `minFreeBytes` left for us. */
export function createFreeSpace(folder: string, minFreeBytes: number): () => Promise<boolean> {
  let asked = 0;
  let answer: Promise<boolean> = Promise.resolve(true);
  return () => {
    if (minFreeBytes === 0) return answer;
    if (Date.now() - asked > FRESH_MS) {
      asked = Date.now();
      answer = statfs(folder).then(
        ({ bavail, bsize }) => bavail * bsize >= minFreeBytes,
        // What is wrong the write itself tells.
        () => true,
      );
    }
    return answer;
  };
}
