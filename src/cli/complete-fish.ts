import type { Command } from './command.js';
import { COMMON_OPTIONS } from './help.js';
import { describeOption, type OptionName } from './options.js';

/** A script for fish. */
export function completeFish(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c pixelpress -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`,
    ...argumentOf(command),
    ...[...command.options, ...COMMON_OPTIONS].map((name) => optionOf(command, name)),
  ]);
  return ['# pixelpress in fish', 'complete -c pixelpress -f', ...lines, ''].join('\n');
}

function optionOf(command: Command, name: OptionName): string {
  const { short, value, choices, about } = describeOption(name);
  const takes = choices ? ` -x -a ${quote(choices.join(' '))}` : value ? ' -r' : '';
  return `complete -c pixelpress ${within(command)} -l ${name}${short ? ` -s ${short}` : ''}${takes} -d ${quote(about)}`;
}

function argumentOf(command: Command): string[] {
  if (command.argument === 'FILE.csv') return [`complete -c pixelpress ${within(command)} -F`];
  return command.argument === 'bash|zsh|fish' ? [`complete -c pixelpress ${within(command)} -a 'bash zsh fish'`] : [];
}

function within({ name }: Command): string {
  return `-n '__fish_seen_subcommand_from ${name}'`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
