import type { RequestId } from '../domain/ids.js';
import type { Admit } from '../images/compress-image.js';
import { createByteBudget } from './byte-budget.js';
import { createFairLimit } from './fair-limit.js';

/** What one image may count for: the rest is for those beside it. */
const LARGEST_SHARE = 1 / 2;

/** Bounds what is compressed at once, by number and by bytes of memory; what waits takes turns by its request. */
export type CompressLimit = (requestId: RequestId, signal: AbortSignal) => Admit;

/**
 * An image that needs more than its share may go beyond the bound, alone among its like: they go one after the other,
 * and those that are waiting hold no place, so that all smaller ones pass them by.
 */
export function createCompressLimit(atOnce: number, memoryBytes: number): CompressLimit {
  const inTurn = createFairLimit(atOnce);
  const memory = createByteBudget(memoryBytes);
  const oneByOne = createFairLimit(1);
  const share = memoryBytes * LARGEST_SHARE;
  return (requestId, signal) => (needed, work) => {
    const run = () =>
      inTurn(requestId, async () => {
        const held = await memory.take(Math.min(needed, share), signal);
        return work().finally(() => held.release());
      });
    return needed > share ? oneByOne(requestId, run) : run();
  };
}
