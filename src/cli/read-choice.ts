import { describeOption, type OptionName } from './options.js';
import { UsageError } from './usage-error.js';

/** One of the choices of an option, typed in letters of any case. @throws UsageError */
export function readChoice(name: OptionName, typed: string | undefined): string | undefined {
  if (typed === undefined) return undefined;
  const choices = describeOption(name).choices ?? [];
  const chosen = choices.find((choice) => choice.toUpperCase() === typed.toUpperCase());
  if (!chosen) throw new UsageError(`--${name} is one of ${choices.join(', ')}, not “${typed}”.`);
  return chosen;
}
