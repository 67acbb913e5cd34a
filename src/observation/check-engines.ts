import { withinTime } from '../domain/within-time.js';

/** How long an engine may take to answer before it counts as unreachable, in milliseconds. */
const CHECK_TIMEOUT_MS = 3_000;

/** Asks each engine, all at once, whether it answers. @param checks what throws while an engine cannot be reached */
export async function checkEngines(
  checks: Readonly<Record<string, () => Promise<void>>>,
): Promise<Record<string, boolean>> {
  const answers = Object.entries(checks).map(async ([name, check]) => {
    const isUp = await withinTime(check(), CHECK_TIMEOUT_MS).then(
      () => true,
      () => false,
    );
    return [name, isUp] as const;
  });
  return Object.fromEntries(await Promise.all(answers));
}
