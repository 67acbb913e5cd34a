/** Bytes in use by one image; to be given back. */
export interface HeldBytes {
  /** Once it is known how many they are. */
  resize(bytes: number): void;
  release(): void;
}

/** Bounds the bytes of images that this process holds at once. */
export interface ByteBudget {
  /** Waits until there is room, in the order of asking; one alone always has room. */
  take(bytes: number, signal: AbortSignal): Promise<HeldBytes>;
}

export function createByteBudget(limit: number): ByteBudget {
  let used = 0;
  let waiting: { bytes: number; admit: () => void }[] = [];
  const hasRoom = (bytes: number) => used === 0 || used + bytes <= limit;
  const change = (by: number) => {
    used += by;
    for (let [next] = waiting; next && hasRoom(next.bytes); [next] = waiting) {
      waiting.shift();
      next.admit();
    }
  };
  const hold = (bytes: number): HeldBytes => {
    let held = bytes;
    used += bytes;
    const resize = (to: number) => {
      const by = to - held;
      held = to;
      change(by);
    };
    return { resize, release: () => resize(0) };
  };
  return {
    async take(bytes, signal) {
      signal.throwIfAborted();
      if (waiting.length === 0 && hasRoom(bytes)) return hold(bytes);
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
