/** An end in time that waits while something else than what it limits is waited for. */
export interface Deadline {
  /** Aborts at the end. */
  signal: AbortSignal;
  /** Time that this work takes does not count. */
  except<T>(work: () => Promise<T>): Promise<T>;
  clear(): void;
}

export function startDeadline(ms: number): Deadline {
  const controller = new AbortController();
  let left = ms;
  let since = 0;
  let timer: NodeJS.Timeout;
  const run = () => {
    since = performance.now();
    timer = setTimeout(() => controller.abort(), left);
  };
  run();
  return {
    signal: controller.signal,
    async except(work) {
      clearTimeout(timer);
      left -= performance.now() - since;
      return work().finally(run);
    },
    clear: () => clearTimeout(timer),
  };
}
