import type { RequestId } from '../domain/ids.js';
import type { Lane } from './lane.js';
import type { Consumer } from './work-queue.js';

/** Works on the entries of a lane, a bounded number at once. @param work never throws */
export function consumeLane<T extends { requestId: RequestId }>(
  lane: Lane<T>,
  concurrency: number,
  work: (entry: T, signal: AbortSignal) => Promise<void>,
): Consumer {
  const abort = new AbortController();
  const running = new Set<Promise<void>>();
  const fill = () => {
    while (!abort.signal.aborted && running.size < concurrency) {
      const entry = lane.take();
      if (!entry) return;
      const done = work(entry, abort.signal).finally(() => {
        running.delete(done);
        fill();
      });
      running.add(done);
    }
  };
  const leave = lane.onPush(fill);
  fill();
  return {
    async close() {
      leave();
      abort.abort();
      await Promise.all(running);
    },
  };
}
