import type { OptionName } from './options.js';
import { UsageError } from './usage-error.js';

const DATE_CHARS = 'yyyy-mm-dd'.length;

/** A date, or a date and time, as it was typed; in ISO 8601. @throws UsageError */
export function readMoment(name: OptionName, typed: string | undefined): string | undefined {
  if (typed === undefined) return undefined;
  const moment = /^\d{4}-\d{2}-\d{2}(T|$)/.test(typed) ? new Date(typed) : null;
  if (!moment || Number.isNaN(moment.getTime()) || !isDay(typed.slice(0, DATE_CHARS))) {
    throw new UsageError(`--${name} is a date or a moment, as 2030-12-31 or 2030-12-31T18:00:00Z, not “${typed}”.`);
  }
  return moment.toISOString();
}

/** JavaScript takes 30 February, for 2 March. */
function isDay(date: string): boolean {
  return new Date(`${date}T00:00Z`).toISOString().startsWith(date);
}
