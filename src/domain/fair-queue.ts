import type { RequestId } from './ids.js';

type MayTake = (requestId: RequestId) => boolean;

interface Entry {
  requestId: RequestId;
}

/** Every so manieth turn goes to the request that has waited longest for one, the others to the one with least to do. */
const TURNS_IN_ROW = 4;

/**
 * What waits for its turn. Most turns go to the request with the fewest entries, so that a small one ends nearly as
 * soon as if it were alone; the rest go round, so that none is passed over for ever.
 */
export interface FairQueue<T extends Entry> {
  readonly size: number;
  push(entries: readonly T[]): void;
  /** The next one, of those requests that may have a turn; all of them if left out. */
  take(mayTake?: MayTake): T | undefined;
  /** Drops those that are not to be kept, and answers them. */
  retain(keep: (entry: T) => boolean): T[];
  /** Called after each push; the answer ends it. */
  onPush(listener: () => void): () => void;
}

export function createFairQueue<T extends Entry>(): FairQueue<T> {
  const byRequest = new Map<RequestId, T[]>();
  const listeners = new Set<() => void>();
  let size = 0;
  let turn = 0;
  type Waiting = [RequestId, T[]];
  const firstInRow = (mayTake?: MayTake): Waiting | undefined => {
    for (const each of byRequest) if (!mayTake || mayTake(each[0])) return each;
    return undefined;
  };
  const fewest = (mayTake?: MayTake): Waiting | undefined => {
    let best: Waiting | undefined;
    for (const each of byRequest) {
      if ((!best || each[1].length < best[1].length) && (!mayTake || mayTake(each[0]))) best = each;
    }
    return best;
  };
  const add = (entry: T) => {
    const queue = byRequest.get(entry.requestId);
    if (queue) queue.push(entry);
    else byRequest.set(entry.requestId, [entry]);
    size++;
  };
  return {
    get size() {
      return size;
    },
    push(entries) {
      for (const entry of entries) add(entry);
      for (const listener of listeners) listener();
    },
    take(mayTake) {
      const next = ++turn % TURNS_IN_ROW === 0 ? firstInRow(mayTake) : fewest(mayTake);
      if (!next) return undefined;
      const [requestId, queue] = next;
      const entry = queue.shift();
      size--;
      // To the end of the row.
      byRequest.delete(requestId);
      if (queue.length > 0) byRequest.set(requestId, queue);
      return entry;
    },
    retain(keep) {
      const all = [...byRequest.values()].flat();
      byRequest.clear();
      size = 0;
      for (const entry of all) if (keep(entry)) add(entry);
      return all.filter((entry) => !keep(entry));
    },
    onPush(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
