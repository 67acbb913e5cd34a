import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { engineEnv } from './engine-env.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const START_LIMIT_MS = 30_000;

export interface Service {
  url: string;
  process: ChildProcess;
  dataDir: string;
  /** What it has logged. */
  log: string[];
  /** kill -9, and the same data again. */
  killAndRestart(): Promise<Service>;
  /** SIGTERM, and the same data again, with these variables beside those of before. */
  stopAndRestart(changed?: Record<string, string>): Promise<Service>;
  /** Ends it by SIGTERM, removes its data, and answers its exit code. */
  stop(): Promise<number | null>;
}

/** Starts the built service as a process of its own, on a free port and with data of its own. */
export async function startService(
  given: Record<string, string> = {},
  dataDir = newDataDir(),
  engines?: Awaited<ReturnType<typeof engineEnv>>,
): Promise<Service> {
  const used = engines ?? (await engineEnv());
  const env = { ...used.env, ...given };
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: dataDir, FETCH_ALLOW: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  const exited = once(child, 'exit');
  child.stderr.on('data', (text) => log.push(String(text)));
  const ready = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.push(line);
      const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
      if (msg === 'ready' && url) resolve(url);
    });
  });
  const failed = exited.then(() => Promise.reject(new Error(`the service ended: ${log.join('\n')}`)));
  failed.catch(() => undefined);
  const timer = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
  const url = await Promise.race([ready, failed]).finally(() => clearTimeout(timer));
  const restart = async (signal: NodeJS.Signals, changed: Record<string, string> = {}) => {
    child.kill(signal);
    await exited;
    return startService({ ...env, ...changed, PORT: new URL(url).port }, dataDir, used);
  };
  return {
    url,
    process: child,
    dataDir,
    log,
    killAndRestart: () => restart('SIGKILL'),
    stopAndRestart: (changed) => restart('SIGTERM', changed),
    async stop() {
      child.kill('SIGTERM');
      const [code] = await exited;
      rmSync(dataDir, { recursive: true, force: true });
      await used.close();
      return code;
    },
  };
}

export function newDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'pixelpress-test-'));
}
