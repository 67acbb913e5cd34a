// From the start of a process to its first answer: the service with its embedded engines, in an empty data directory
// and in one that it has used, against Apollo Server alone with the same schema.
//   npm run build && node bench/start-up.js [runs]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const RUNS = Number(process.argv[2] ?? 15);
/** Between two questions to a process that does not answer yet, in milliseconds. */
const ASK_EVERY_MS = 2;
const QUERY = `/graphql?query=${encodeURIComponent('{ requests(first: 1) { nodes { id } } }')}`;
const ROOT = JSON.stringify({ requests: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } });
/** One connection at a time is what is asked for; a kept one would outlive its server. */
const agent = new Agent({ keepAlive: false });

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** The status of an answer; 0 where nobody listens yet. */
function ask(url) {
  return new Promise((resolve) => {
    get(url, { agent, headers: { 'apollo-require-preflight': 'true' } }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    }).once('error', () => resolve(0));
  });
}

/** Milliseconds from its spawn to its first answer of 200. */
async function startUp(program, path, env = {}) {
  const port = await freePort();
  const script = fileURLToPath(new URL(program, import.meta.url));
  const began = performance.now();
  const child = spawn(process.execPath, [script], {
    env: { PATH: process.env.PATH, PORT: String(port), NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  while ((await ask(`http://127.0.0.1:${port}${path}`)) !== 200) await pause(ASK_EVERY_MS);
  const ms = performance.now() - began;
  child.kill('SIGTERM');
  await ended;
  return ms;
}

const used = mkdtempSync(join(tmpdir(), 'pixelpress-bench-'));
const CASES = {
  'Apollo Server alone': () => startUp('bare-apollo.js', QUERY, { ROOT }),
  'Pixelpress, no data': async () => {
    const DATA_DIR = mkdtempSync(join(tmpdir(), 'pixelpress-bench-'));
    try {
      return await startUp('../dist/main.js', '/readyz', { DATA_DIR });
    } finally {
      rmSync(DATA_DIR, { recursive: true });
    }
  },
  'Pixelpress, data of before': () => startUp('../dist/main.js', '/readyz', { DATA_DIR: used }),
};
const times = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]));
// Once before they count: files come into the system's cache, and the used directory is used.
for (const run of Object.values(CASES)) await run();
for (let n = 0; n < RUNS; n++) for (const [name, run] of Object.entries(CASES)) times[name].push(await run());
rmSync(used, { recursive: true });

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const bare = median(times['Apollo Server alone']);
console.table(
  Object.entries(times).map(([what, values]) => ({
    what,
    'median ms': Math.round(median(values)),
    'fastest ms': Math.round(Math.min(...values)),
    'of Apollo Server alone (asked: under 1.5)': (median(values) / bare).toFixed(2),
  })),
);
