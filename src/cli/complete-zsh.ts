import type { Command } from './command.js';
import { COMMON_OPTIONS } from './help.js';
import { describeOption, type OptionName } from './options.js';

/** A script for zsh. */
export function completeZsh(commands: readonly Command[]): string {
  const described = commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`);
  const cases = commands.map((command) => {
    const specs = [...command.options, ...COMMON_OPTIONS].map(specOf);
    return `    ${command.name}) _arguments ${[...specs, ...argumentOf(command)].join(' ')} ;;`;
  });
  return `#compdef pixelpress
# pixelpress in zsh: source <(pixelpress completion zsh), after compinit
_pixelpress() {
  local -a commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef _pixelpress pixelpress
`;
}

function specOf(name: OptionName): string {
  const { value, choices, about } = describeOption(name);
  const what = value ? `:${value}:${choices ? `(${choices.join(' ')})` : name === 'out' ? '_files' : ''}` : '';
  return quote(`--${name}[${about}]${what}`);
}

function argumentOf({ argument }: Command): string[] {
  if (argument === 'FILE.csv') return [quote('1:file:_files')];
  return argument === 'bash|zsh|fish' ? [quote('1:shell:(bash zsh fish)')] : [];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
