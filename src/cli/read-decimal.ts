import type { OptionName } from './options.js';
import { UsageError } from './usage-error.js';

/** A number as it was typed, with a point or without. @throws UsageError */
export function readDecimal(name: OptionName, typed: string | undefined): number | undefined {
  if (typed === undefined) return undefined;
  if (!/^\d{1,9}(?:\.\d{1,9})?$/.test(typed)) throw new UsageError(`--${name} is a number, not “${typed}”.`);
  return Number(typed);
}
