import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRandom, type Random } from '../faults/random.js';

/** Places that are fuzzed; each has its share of the time. */
const TARGETS = 7;
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 60) / TARGETS;
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
/** What a process may grow by while it is fuzzed, in bytes: the garbage of a busy run, and no leak of each input. */
const MAX_GROWTH_BYTES = 300 * 1024 * 1024;
/** Until nothing of the inputs is under way any more, in milliseconds: the urls' deadlines are the longest. */
const SETTLE_MS = 1_500;
/** An input that takes longer hangs, in milliseconds; the machine may be busy with other things. */
const HANG_MS = 15_000;

export interface FuzzTarget {
  name: string;
  /** Makes one input and feeds it. Answers what came of it in a word; throws where that may not be. */
  feed(random: Random): Promise<string>;
  /** Memory of what takes the input, in bytes; that of this process after its garbage is gone if left out. */
  memory?(): Promise<number>;
}

/** Feeds a target for its share of the time; each input has a seed of its own, which a failure names. */
export function fuzz(target: FuzzTarget): void {
  const limitMs = SECONDS * 1_000 + 60_000;
  it(
    `${target.name} takes any input without a crash, a hang, an answer of 5xx or growing memory`,
    () => run(target),
    limitMs,
  );
}

async function run({ name, feed, memory = memoryHere }: FuzzTarget): Promise<void> {
  const outcomes = new Map<string, number>();
  const end = Date.now() + SECONDS * 1_000;
  const warm = Date.now() + SECONDS * 300;
  let before: number | null = null;
  let inputs = 0;
  for (; Date.now() < end; inputs++) {
    if (before === null && Date.now() > warm) before = await memory();
    const seed = SEED * 1_000_003 + inputs;
    const outcome = await inTime(feed(createRandom(seed))).catch((error: unknown) => {
      throw new Error(`${name}, FUZZ_SEED ${SEED}, input ${inputs}: ${String((error as Error)?.stack ?? error)}`);
    });
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  const grown = (await memory()) - (before ?? 0);
  const told = [...outcomes].sort((a, b) => b[1] - a[1]).slice(0, 12);
  process.stdout.write(
    `fuzz ${name}: seed ${SEED}, ${inputs} inputs, ${Math.round(grown / 1e6)} MB grown; ${told.map(([word, times]) => `${word} ${times}`).join(', ')}\n`,
  );
  expect(inputs).toBeGreaterThan(0);
  if (before !== null) expect(grown).toBeLessThan(MAX_GROWTH_BYTES);
}

async function memoryHere(): Promise<number> {
  // Deadlines that run on hold what they belong to; weak references are let go between two turns.
  await pause(SETTLE_MS);
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = pause(HANG_MS, null, { signal: stop.signal }).then(() => Promise.reject(new Error('it hangs')));
  late.catch(() => undefined);
  return Promise.race([work, late]).finally(() => stop.abort());
}
