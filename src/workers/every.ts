import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../domain/log.js';

/** Runs a task now and again `ms` milliseconds after each end of it; one that fails is logged and goes on. */
export function every(ms: number, name: string, task: (signal: AbortSignal) => Promise<void>, log: Log) {
  const stop = new AbortController();
  const run = async () => {
    while (!stop.signal.aborted) {
      try {
        await task(stop.signal);
      } catch (error) {
        if (!stop.signal.aborted) log.error({ task: name, error }, 'task failed');
      }
      await pause(ms, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const done = run();
  return {
    async close(): Promise<void> {
      stop.abort();
      await done;
    },
  };
}
