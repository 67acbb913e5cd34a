import { cpuOfTree } from '../cpu-of-tree.js';
import { memoryOf } from './memory-of.js';
import { readMetrics } from './read-metrics.js';

const MEMORY_EVERY_MS = 100;
/** The event loop's p99 is of the time between two looks. */
const LAG_EVERY_MS = 5_000;

/**
 * Watches a service until `stop`, which answers the CPU it has used, the most memory of its own it had above that of
 * `idle`, the most that it had mapped, and the worst p99 of its event loop.
 */
export async function watchService(service, idle = memoryOf(service.pid)) {
  const cpu = cpuOfTree(service.pid);
  const most = { own: 0, mapped: 0, lag: 0 };
  const lookAtMemory = () => {
    const { own, mapped } = memoryOf(service.pid);
    most.own = Math.max(most.own, own - idle.own);
    most.mapped = Math.max(most.mapped, mapped);
  };
  const lookAtLag = async () => {
    const lag = (await readMetrics(service)).get('nodejs_eventloop_lag_p99_seconds') * 1_000;
    most.lag = Math.max(most.lag, lag);
  };
  // What came before does not count.
  await readMetrics(service);
  const timers = [setInterval(lookAtMemory, MEMORY_EVERY_MS), setInterval(lookAtLag, LAG_EVERY_MS)];
  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await lookAtLag();
      return { ...most, cpuMs: cpuOfTree(service.pid) - cpu };
    },
  };
}
