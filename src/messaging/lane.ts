import type { RequestId } from '../domain/ids.js';

interface Entry {
  requestId: RequestId;
}

/** Waiting messages, taken in turn from one request after the other, so that a large one does not stand before a small. */
export interface Lane<T extends Entry> {
  readonly size: number;
  push(entries: readonly T[]): void;
  take(): T | undefined;
  /** Drops those that are not to be kept. */
  retain(keep: (entry: T) => boolean): void;
  /** Called after each push; the answer ends it. */
  onPush(listener: () => void): () => void;
}

export function createLane<T extends Entry>(): Lane<T> {
  const byRequest = new Map<RequestId, T[]>();
  const listeners = new Set<() => void>();
  let size = 0;
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
    take() {
      const [first] = byRequest;
      if (!first) return undefined;
      const [requestId, queue] = first;
      const entry = queue.shift();
      size--;
      byRequest.delete(requestId);
      if (queue.length > 0) byRequest.set(requestId, queue);
      return entry;
    },
    retain(keep) {
      const kept = [...byRequest.values()].flat().filter(keep);
      byRequest.clear();
      size = 0;
      for (const entry of kept) add(entry);
    },
    onPush(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
