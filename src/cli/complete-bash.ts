import type { Command } from './command.js';
import { COMMON_OPTIONS } from './help.js';
import { describeOption, OPTIONS, type OptionName } from './options.js';

const NAMES = Object.keys(OPTIONS) as OptionName[];

/** A script for bash. Where it has no words, bash completes names of files. */
export function completeBash(commands: readonly Command[]): string {
  const chosen = NAMES.flatMap((name) => {
    const { choices } = describeOption(name);
    return choices ? [`    --${name}) words="${choices.join(' ')}" ;;`] : [];
  });
  const free = NAMES.filter((name) => describeOption(name).value && !describeOption(name).choices);
  const options = commands.map((command) => {
    const flags = [...command.options, ...COMMON_OPTIONS].map((name) => `--${name}`);
    return `      ${command.name}) words="${flags.join(' ')}" ;;`;
  });
  return `# pixelpress in bash: source <(pixelpress completion bash)
_pixelpress() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} words=
  case $previous in
${chosen.join('\n')}
    ${free.map((name) => `--${name}`).join(' | ')}) return ;;
    pixelpress) words="${commands.map(({ name }) => name).join(' ')}" ;;
    completion) words="bash zsh fish" ;;
  esac
  if [[ -z $words && $word == -* ]]; then
    case \${COMP_WORDS[1]} in
${options.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _pixelpress pixelpress
`;
}
