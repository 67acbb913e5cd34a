import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { waitFor } from './wait-for.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** After which a command that does not end is killed, in milliseconds. */
const LIMIT_MS = 60_000;

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCommand {
  process: ChildProcess;
  /** Waits until it has said this, on either stream. */
  said(what: string | RegExp): Promise<string>;
  ended: Promise<Ended>;
}

export interface CommandOptions {
  env?: Record<string, string>;
  cwd?: string;
  /** What is run; left out, the built command line of this repository. */
  program?: [string, ...string[]];
}

/** Starts the command line as a process of its own, with no terminal. */
export function startCommand(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  const [program, ...before] = options.program ?? [process.execPath, MAIN];
  const child = spawn(program, [...before, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], FETCH_ALLOW: '127.0.0.1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => {
    clearTimeout(timer);
    return { code, stdout, stderr } as Ended;
  });
  return {
    process: child,
    said: (what) =>
      waitFor(
        `“${what}” of ${args.join(' ')}`,
        () => {
          const all = stdout + stderr;
          return (typeof what === 'string' ? all.includes(what) : what.test(all)) ? all : null;
        },
        LIMIT_MS,
      ),
    ended,
  };
}
