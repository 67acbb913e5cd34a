export interface TokenBuckets {
  /** Takes one token of this name; answers 0, or how long to wait for the next one, in milliseconds. */
  take(name: string): number;
}

export interface TokenBucketsOptions {
  /** Tokens that come back in a minute, and that can be saved up; 0 sets no limit. */
  perMinute: number;
  /** Names that are remembered; the one unused for longest is forgotten, and begins with a full bucket again. */
  maxNames: number;
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
}

const MINUTE_MS = 60_000;

/** Counts what each client asks for, in memory that is bounded whoever asks. */
export function createTokenBuckets(options: TokenBucketsOptions): TokenBuckets {
  const { perMinute, maxNames, now = () => performance.now() } = options;
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(name) {
      if (perMinute === 0) return 0;
      const time = now();
      const seen = buckets.get(name) ?? { tokens: perMinute, at: time };
      const tokens = Math.min(perMinute, seen.tokens + ((time - seen.at) * perMinute) / MINUTE_MS);
      const taken = tokens >= 1;
      // Put at the end anew: the first of the map is the one unused for longest.
      buckets.delete(name);
      buckets.set(name, { tokens: taken ? tokens - 1 : tokens, at: time });
      if (buckets.size > maxNames) forgetFirst(buckets);
      return taken ? 0 : Math.ceil(((1 - tokens) * MINUTE_MS) / perMinute);
    },
  };
}

function forgetFirst(buckets: Map<string, unknown>): void {
  for (const name of buckets.keys()) {
    buckets.delete(name);
    return;
  }
}
