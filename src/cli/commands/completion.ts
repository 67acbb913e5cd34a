import { defineCommand } from '../command.js';
import { COMPLETIONS } from '../completions.js';
import { EXIT } from '../exit-code.js';
import { UsageError } from '../usage-error.js';

export const completionCommand = defineCommand({
  name: 'completion',
  summary: 'what completes these commands in a shell',
  argument: 'bash|zsh|fish',
  options: [],
  examples: [
    'source <(pixelpress completion bash)            # in ~/.bashrc',
    'source <(pixelpress completion zsh)             # in ~/.zshrc, after compinit',
    'pixelpress completion fish > ~/.config/fish/completions/pixelpress.fish',
  ],
  async run({ argument, commands }) {
    const write = COMPLETIONS.get(argument);
    if (!write)
      throw new UsageError(`There is completion for ${[...COMPLETIONS.keys()].join(', ')}, not “${argument}”.`);
    process.stdout.write(write(commands));
    return EXIT.allMade;
  },
});
