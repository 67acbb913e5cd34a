import type { OptionName, OptionValues } from './options.js';
import type { Reporter } from './reporter.js';

/** One call of a command. */
export interface Call<Name extends OptionName = OptionName> {
  /** The word after the command; empty where it takes none. */
  argument: string;
  /** Only of the options that the command lists. */
  values: Pick<OptionValues, Name>;
  reporter: Reporter;
  /** The whole table, for what tells of it. */
  commands: readonly Command[];
  /** Hears Ctrl+C. A command that does not ask for it is ended by Ctrl+C at once. */
  stopSignal: () => AbortSignal;
}

/** One command: the table of them drives parsing, help and completion. */
export interface Command {
  name: string;
  /** One line for the overview. */
  summary: string;
  /** The word that it needs. */
  argument: 'FILE.csv' | 'ID' | 'bash|zsh|fish' | null;
  options: readonly OptionName[];
  /** Whole lines to type. */
  examples: readonly string[];
  /** Answers the exit code. */
  run(call: Call): Promise<number>;
}

/** A command whose call has the options that it lists, and no others. */
export function defineCommand<const Name extends OptionName>(
  command: Omit<Command, 'options' | 'run'> & {
    options: readonly Name[];
    run(call: Call<Name>): Promise<number>;
  },
): Command {
  return command;
}
