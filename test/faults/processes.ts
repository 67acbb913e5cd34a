import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { imageProcessOf } from '../support/image-process-of.js';

const ENTRY = fileURLToPath(new URL('./service-process.ts', import.meta.url));
const START_LIMIT_MS = 60_000;

export interface ServiceProcess {
  name: string;
  /** Null until it is ready, and when it is gone. */
  url: string | null;
  /** Answers the exit code, or the signal that ended it. */
  kill(signal: NodeJS.Signals): Promise<number | string>;
  /** The death of a decoder: of the process that makes images for this one, where it is there. */
  crashImages(): void;
  exited: Promise<number | string>;
}

/** Starts one process of the service; resolves when it is ready, or has ended before it was. */
export async function startProcess(
  name: string,
  env: Readonly<Record<string, string>>,
  logFile: string,
): Promise<ServiceProcess> {
  const child: ChildProcess = spawn(process.execPath, ['--no-warnings', '--import', 'tsx', ENTRY], {
    env: { PATH: process.env['PATH'], FETCH_ALLOW: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stderr?.on('data', (text) => log.write(`${name} ${text}`));
  const exited = once(child, 'exit').then(([code, signal]) => {
    service.url = null;
    log.end(`${name} ended: ${code ?? signal}\n`);
    return (code ?? signal) as number | string;
  });
  const service: ServiceProcess = {
    name,
    url: null,
    exited,
    async kill(signal) {
      service.url = null;
      child.kill(signal);
      return exited;
    },
    crashImages() {
      const images = service.url === null ? null : imageProcessOf(child.pid);
      if (images !== null) process.kill(images, 'SIGSEGV');
    },
  };
  const ready = new Promise<void>((resolve) => {
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => {
      log.write(`${name} ${line}\n`);
      const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
      if (msg !== 'ready' || !url) return;
      service.url = url;
      resolve();
    });
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
  await Promise.race([ready, exited]);
  clearTimeout(timer);
  return service;
}
