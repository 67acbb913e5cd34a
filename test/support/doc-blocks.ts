import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The blocks of code of a page (`README.md`, `docs/webhooks.md`) in one language, in their order. */
export function docBlocks(page: string, language: string): string[] {
  const found = readFileSync(`${ROOT}${page}`, 'utf8').matchAll(/^```(\w+)\n(.*?)^```/gms);
  return [...found].filter(([, name]) => name === language).map(([, , code]) => code ?? '');
}

/** The links of a page to files that are not there. */
export function brokenLinks(root: string, page: string): string[] {
  const links = readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g);
  return [...links].map(([, target = '']) => target).filter((target) => !existsSync(join(root, dirname(page), target)));
}

/** The commands that a page shows in its blocks `sh` and `console`, without what is said of them. */
export function docCommands(page: string): string[] {
  const sessions = docBlocks(page, 'console').map((text) => text.replace(/^(?!\$ ).*\n/gm, '').replace(/^\$ /gm, ''));
  return [...docBlocks(page, 'sh'), ...sessions].flatMap(commandsOf);
}

/** What a command begins with where it stands within a sentence: other words between the same marks are no commands. */
const PROGRAMS = 'bash curl docker echo kafka-topics.sh kubectl node npm npx openssl pixelpress source'.split(' ');

/** The commands within the sentences and tables of a page. */
export function inlineCommands(page: string): string[] {
  const sentences = readFileSync(`${ROOT}${page}`, 'utf8').replace(/^```.*?^```/gms, '');
  const marked = [...sentences.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return marked.filter((code) => code.includes(' ') && PROGRAMS.includes(code.split(' ', 1)[0] ?? ''));
}

/** One command a line, wherever it is broken. */
export function commandsOf(block: string): string[] {
  const lines = block.replaceAll(/\\\n\s*/g, '').split('\n');
  return lines.map((line) => line.replace(/\s+#.*$/, '').trim()).filter(Boolean);
}

/** Commands as they stand in the docs, for the built command and a service elsewhere. */
export function commandsHere(commands: string, serviceUrl: string): string {
  return commands
    .replaceAll(/^(npx )?pixelpress /gm, `node ${ROOT}dist/cli/main.js `)
    .replaceAll(/http:\/\/(127\.0\.0\.1|localhost):4000/g, serviceUrl);
}

/** Runs a program, and answers what it wrote; an exit code other than 0 is an error. */
export async function runProgram(
  [command = '', ...args]: string[],
  { cwd, env = {}, input = '' }: { cwd: string; env?: Record<string, string>; input?: string },
): Promise<string> {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
  // One that has ended before it read all: its exit code tells.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const code = await ended;
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${errors}${out}`);
  return out;
}
