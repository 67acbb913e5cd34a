import { type Outage, UnavailableError } from '../domain/errors.js';
import { withinTime } from '../domain/within-time.js';

/** How long an engine may take to answer before it counts as unreachable, in milliseconds. */
const CHECK_TIMEOUT_MS = 3_000;

/**
 * Asks each engine, all at once, whether it answers and takes what is new.
 * @param checks what throws while an engine does not
 */
export async function checkEngines(
  checks: Readonly<Record<string, () => Promise<void>>>,
): Promise<Record<string, 'ok' | Outage>> {
  const answers = Object.entries(checks).map(async ([name, check]) => {
    const state = await withinTime(check(), CHECK_TIMEOUT_MS).then(
      () => 'ok' as const,
      (error: unknown) => (error instanceof UnavailableError ? error.outage : 'unreachable'),
    );
    return [name, state] as const;
  });
  return Object.fromEntries(await Promise.all(answers));
}
