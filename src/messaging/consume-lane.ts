import { setMaxListeners } from 'node:events';
import type { FairQueue } from '../domain/fair-queue.js';
import type { RequestId } from '../domain/ids.js';
import type { Consumer } from './work-queue.js';

/** Of the places of a consumer one request may have so many at the most: a newcomer finds some free. */
const SHARE_OF_ONE_REQUEST = 3 / 4;

/** Works on the entries of a lane, a bounded number at once. @param work never throws */
export function consumeLane<T extends { requestId: RequestId }>(
  lane: FairQueue<T>,
  concurrency: number,
  work: (entry: T, signal: AbortSignal) => Promise<void>,
): Consumer {
  const abort = new AbortController();
  // Each of its handlers listens, at several places.
  setMaxListeners(0, abort.signal);
  const running = new Set<Promise<void>>();
  const places = new Map<RequestId, number>();
  const most = Math.max(1, Math.floor(concurrency * SHARE_OF_ONE_REQUEST));
  const count = (requestId: RequestId, by: 1 | -1) => {
    const now = (places.get(requestId) ?? 0) + by;
    if (now > 0) places.set(requestId, now);
    else places.delete(requestId);
  };
  const fill = () => {
    while (!abort.signal.aborted && running.size < concurrency) {
      const entry = lane.take((requestId) => (places.get(requestId) ?? 0) < most);
      if (!entry) return;
      count(entry.requestId, 1);
      const done = work(entry, abort.signal).finally(() => {
        running.delete(done);
        count(entry.requestId, -1);
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
