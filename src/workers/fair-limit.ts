import { createFairQueue } from '../domain/fair-queue.js';
import type { RequestId } from '../domain/ids.js';

/** Runs work, a bounded number at once; what waits takes turns by its request. */
export type FairLimit = <T>(requestId: RequestId, work: () => Promise<T>) => Promise<T>;

export function createFairLimit(atOnce: number): FairLimit {
  const waiting = createFairQueue<{ requestId: RequestId; admit: () => void }>();
  let running = 0;
  return async (requestId, work) => {
    if (running >= atOnce) await new Promise<void>((admit) => waiting.push([{ requestId, admit }]));
    else running++;
    try {
      return await work();
    } finally {
      // The place goes to the next one as it is.
      const next = waiting.take();
      if (next) next.admit();
      else running--;
    }
  };
}
