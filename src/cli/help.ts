import type { Command } from './command.js';
import { describeOption, type OptionName } from './options.js';

/** Options that every command takes. */
export const COMMON_OPTIONS = ['json', 'help'] as const satisfies OptionName[];

const EXIT_CODES =
  'Exit codes: 0 all images made, 2 some failed, 1 an error or a cancelled request, 130 stopped by Ctrl+C.';

/** What `pixelpress --help` says. */
export function overview(commands: readonly Command[]): string {
  const lines = commands.map((command) => row(called(command), command.summary));
  return `Pixelpress: bulk image compression with live status.

${lines.join('\n')}

Each command explains itself: pixelpress upload --help

Examples:
  pixelpress demo
  pixelpress run products.csv --out results
  pixelpress serve &
  pixelpress upload products.csv --watch --out output.csv

On a terminal there is a bar with rate and time left, elsewhere plain lines; --json gives one object a line.
NO_COLOR takes the colours away.
${EXIT_CODES}
`;
}

/** What `pixelpress COMMAND --help` says. */
export function commandHelp(command: Command): string {
  const options = [...command.options, ...COMMON_OPTIONS].map((name) => {
    const { short, value, choices, about } = describeOption(name);
    const flag = `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`;
    return row(flag, choices ? `${about}: ${choices.join(', ')}` : about);
  });
  return `pixelpress ${called(command)}: ${command.summary}

${options.join('\n')}

Examples:
${command.examples.map((example) => `  ${example}`).join('\n')}

${EXIT_CODES}
`;
}

function called({ name, argument }: Command): string {
  return argument === null ? name : `${name} ${argument}`;
}

function row(left: string, right: string): string {
  return `  ${left.padEnd(26)} ${right}`;
}
