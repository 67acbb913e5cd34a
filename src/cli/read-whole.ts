import type { OptionName } from './options.js';
import { UsageError } from './usage-error.js';

/** A whole number as it was typed. @throws UsageError */
export function readWhole(name: OptionName, typed: string | undefined): number | undefined {
  if (typed === undefined) return undefined;
  if (!/^\d{1,9}$/.test(typed)) throw new UsageError(`--${name} is a whole number, not “${typed}”.`);
  return Number(typed);
}
