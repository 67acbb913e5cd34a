import type { Command } from './command.js';
import { completeBash } from './complete-bash.js';
import { completeFish } from './complete-fish.js';
import { completeZsh } from './complete-zsh.js';

/** What writes the completion of each shell, by its name. */
export const COMPLETIONS: ReadonlyMap<string, (commands: readonly Command[]) => string> = new Map([
  ['bash', completeBash],
  ['zsh', completeZsh],
  ['fish', completeFish],
]);
