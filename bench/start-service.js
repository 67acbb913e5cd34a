import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** Counted as ever, and never reached. */
const NO_RATE_LIMIT = '1000000000';

/** The built service with the embedded engines, on a free port and with data of its own. */
export async function startService(env = {}, { main = MAIN, onLine } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'pixelpress-bench-'));
  const { stop, ...service } = await startServer(
    main,
    {
      PORT: '0',
      DATA_DIR: folder,
      FETCH_ALLOW: '127.0.0.0/8',
      RATE_LIMIT_QUERIES_PER_MINUTE: NO_RATE_LIMIT,
      RATE_LIMIT_UPLOADS_PER_MINUTE: NO_RATE_LIMIT,
      ...env,
    },
    onLine,
  );
  return {
    ...service,
    folder,
    async stop() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A process that logs where it listens as the service does, in the mode of the Dockerfile. NODE_OPTIONS are handed on, for a profiler. */
export async function startServer(file, env, onLine = () => undefined) {
  const { PATH, NODE_OPTIONS = '' } = process.env;
  const child = spawn(process.execPath, [file], {
    env: { PATH, NODE_OPTIONS, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const url = await new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const told = JSON.parse(line);
      if (told.msg === 'ready') resolve(told.url);
      else onLine(told);
    });
  });
  return {
    url,
    pid: child.pid,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
