import { unlessAborted } from '../domain/unless-aborted.js';

/** Bytes in use by one image; to be given back. */
export interface HeldBytes {
  readonly bytes: number;
  /** Waits until there is room for so many in all. @throws the signal's reason where that aborts */
  grow(bytes: number, signal: AbortSignal): Promise<void>;
  /** Once it is known how many they are. */
  resize(bytes: number): void;
  release(): void;
}

/**
 * Bounds the bytes of images that this process holds at once. Whoever has held some for longest goes beyond the bound,
 * alone: otherwise all that grow could wait for each other.
 */
export interface ByteBudget {
  /** Waits until there is room, in the order of asking; one alone always has room. */
  take(bytes: number, signal: AbortSignal): Promise<HeldBytes>;
}

interface Holder {
  bytes: number;
  /** What it waits for. */
  growth: { bytes: number; admit: () => void } | null;
}

export function createByteBudget(limit: number): ByteBudget {
  let used = 0;
  let waiting: { bytes: number; admit: () => void }[] = [];
  /** The oldest first. */
  const holders = new Set<Holder>();
  const hasRoom = (bytes: number) => used === 0 || used + bytes <= limit;
  const isAnyGrowing = () => [...holders].some(({ growth }) => growth !== null);
  const isOldest = (holder: Holder) => holders.values().next().value === holder;
  const set = (holder: Holder, bytes: number) => {
    used += bytes - holder.bytes;
    holder.bytes = bytes;
  };
  /** Those that grow come before those that have nothing yet, and older ones before younger ones. */
  const admitNext = () => {
    for (const holder of holders) {
      if (!holder.growth) continue;
      const { bytes, admit } = holder.growth;
      if (!isOldest(holder) && !hasRoom(bytes - holder.bytes)) return;
      holder.growth = null;
      set(holder, bytes);
      admit();
    }
    for (let [next] = waiting; next && hasRoom(next.bytes); [next] = waiting) {
      waiting.shift();
      next.admit();
    }
  };
  const hold = (bytes: number): HeldBytes => {
    const holder: Holder = { bytes: 0, growth: null };
    holders.add(holder);
    set(holder, bytes);
    return {
      get bytes() {
        return holder.bytes;
      },
      async grow(to, signal) {
        if (to <= holder.bytes) return;
        const grown = new Promise<void>((admit) => {
          holder.growth = { bytes: to, admit };
        });
        admitNext();
        await unlessAborted(grown, signal).finally(() => {
          if (!holder.growth) return;
          holder.growth = null;
          admitNext();
        });
      },
      resize(to) {
        set(holder, to);
        admitNext();
      },
      release() {
        set(holder, 0);
        holders.delete(holder);
        admitNext();
      },
    };
  };
  return {
    async take(bytes, signal) {
      signal.throwIfAborted();
      if (waiting.length === 0 && !isAnyGrowing() && hasRoom(bytes)) return hold(bytes);
      return new Promise((resolve, reject) => {
        const place = {
          bytes,
          admit: () => {
            signal.removeEventListener('abort', leave);
            resolve(hold(bytes));
          },
        };
        const leave = () => {
          waiting = waiting.filter((each) => each !== place);
          reject(signal.reason);
        };
        signal.addEventListener('abort', leave, { once: true });
        waiting.push(place);
      });
    },
  };
}
