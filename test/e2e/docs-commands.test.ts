import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readConfig } from '../../src/config.js';
import { startEmbeddedMongo } from '../../src/embedded-mongo/server.js';
import { commandsHere, commandsOf, docBlocks, docCommands, inlineCommands, runProgram } from '../support/doc-blocks.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { startS3 } from '../support/start-s3.js';
import { newDataDir, type Service, startService } from '../support/start-service.js';
import { startTraceCollector } from '../support/start-trace-collector.js';
import { DATA_0_1_0, unpackData } from '../support/unpack-data.js';
import { waitFor } from '../support/wait-for.js';

const { resolve } = createRequire(import.meta.url);
const urlOf = (name: string) => pathToFileURL(resolve(name)).href;
const RELEASE = 'asks the registry what is known today, which is for whoever makes a release';
const FORM = 'is a form; test/e2e/command-line.test.ts has it with each command';
const COMPLETION = 'is for a shell that knows pixelpress; test/e2e/command-line.test.ts completes by it';
const ALTER_TOPIC = inlineCommands('docs/scaling.md').find((each) => each.startsWith('kafka-topics.sh')) ?? '';
const KUBECTL_SECRET = docCommands('docs/scaling.md').find((each) => each.startsWith('kubectl create')) ?? '';
/** Several programs start one after the other. */
const LIMIT_MS = 120_000;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OTLP_ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const CLIENT = new URL('../../dist/client/index.js', import.meta.url).href;

/** The commands of the pages that were run, as they stand there. */
const hasRun = new Set<string>();
/** Those that are run elsewhere or cannot be run here, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'npm ci && npm run demo': 'both are run by .ci/run; npm ci would take the packages from under other tests',
  'npm test': 'runs this',
  'npm run test:browser': 'is run by .ci/run',
  'npm run lint': 'asks what .ci/run asks, which also says no to warnings',
  'npm run types': 'is run by .ci/run',
  'npm run fuzz -- --seconds 60 --seed 1': 'is run by .ci/run, for a minute as well',
  'npm run faults -- --runs 10': 'is run by .ci/run, with fewer runs',
  'bash .ci/run': 'runs this',
  'node bench/capacity.js': 'is run by test/unit/capacity.test.ts',
  'docker compose up --build': 'needs Docker; test/unit/compose.test.ts reads the file',
  'kubectl apply -f deploy/kubernetes/': 'needs a cluster; test/unit/kubernetes.test.ts reads the manifests',
  [KUBECTL_SECRET]: 'needs a cluster; test/unit/kubernetes.test.ts compares its names',
  "kubectl exec deploy/pixelpress-worker -- node -p 'os.availableParallelism()'": 'needs a cluster',
  [ALTER_TOPIC]: 'needs a cluster of Kafka; test/unit/capacity.test.ts compares its topic and its number',
  'docker compose up --scale worker=4': 'needs Docker; test/unit/compose.test.ts reads the file',
  'npm ci': 'is run by .ci/run; it would take the packages from under other tests',
  'npm run faults': 'is run by .ci/run',
  'npm run fuzz -- --seconds 600 --seed 1': 'is run by .ci/run, for a minute',
  'npm run build': 'is run by npm test',
  'npm run build:docs': 'writes pages; test/unit/docs.test.ts compares them with what it would write',
  'npm audit --omit=dev --audit-level=low --registry=https://registry.npmjs.org/': RELEASE,
  'npm audit --registry=https://registry.npmjs.org/': RELEASE,
  'npm audit signatures --registry=https://registry.npmjs.org/': RELEASE,
  'npm pack': 'is run by test/e2e/package.test.ts, into a folder of its own',
  'npm install -g pixelpress-0.1.0.tgz': 'test/e2e/package.test.ts installs it, though not for the whole machine',
  'npx vite dashboard': 'runs until it is stopped, for whoever works on the page',
  'npx pixelpress': FORM,
  'pixelpress COMMAND --help': FORM,
  'pixelpress retry ID': FORM,
  'pixelpress migrate': FORM,
  'source <(pixelpress completion bash)': COMPLETION,
  'pixelpress completion fish > ~/.config/fish/completions/pixelpress.fish': COMPLETION,
};

let origin: Origin;
let service: Service;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pixelpress-docs-'));
  origin = await startOrigin();
  service = await startService();
});
afterEach(async () => {
  expect(await service.stop()).toBe(0);
  await origin.close();
  rmSync(folder, { recursive: true });
});

const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** Writes the CSV of a page, with images that there are. */
function writeCsv(page: string): void {
  const [csv = ''] = docBlocks(page, 'csv');
  writeFileSync(join(folder, 'products.csv'), csv.replaceAll('https://shop.example', origin.url));
}

/** Runs commands of a page, as they stand there but for `changed`. */
async function bash(
  commands: string,
  { changed = (text) => text, env = {} }: { changed?: (text: string) => string; env?: Record<string, string> } = {},
): Promise<string> {
  const here = changed(commandsHere(commands, service.url));
  const all = { PIXELPRESS_SERVER: service.url, FETCH_ALLOW: '127.0.0.1', ...env };
  const answer = await runProgram(['bash', '-euc', here], { cwd: folder, env: all });
  for (const command of commandsOf(commands)) hasRun.add(command);
  return answer;
}

/** Runs a program of a page, with what stands before and behind it, and answers what it wrote. */
function javascript(code: string, [before, after]: [string, string] = ['', '']): Promise<string> {
  const here = code
    .replace("'graphql-ws'", `'${urlOf('graphql-ws')}'`)
    .replace("'pixelpress/client'", `'${CLIENT}'`)
    .replace('http://127.0.0.1:4000', service.url)
    .replace('ws://127.0.0.1:4000', service.url.replace('http', 'ws'));
  writeFileSync(join(folder, 'program.mjs'), [before, here, after].join('\n'));
  return runProgram([process.execPath, 'program.mjs'], { cwd: folder });
}

async function uploaded(): Promise<string> {
  const form = new FormData();
  form.set('file', new Blob([read('products.csv')]), 'products.csv');
  const response = await fetch(`${service.url}/api/upload`, { method: 'POST', body: form });
  return (await response.json()).requestId;
}

describe('docs/getting-started.md', () => {
  it(
    'has commands that do what it says',
    async () => {
      writeCsv('docs/getting-started.md');
      const [byCommand = '', byHttp = '', byGraphql = ''] = docBlocks('docs/getting-started.md', 'sh');
      expect(await bash(byCommand)).toContain('completed: 3 made, 0 failed');
      expect(read('output.csv').match(/\.webp/g)).toHaveLength(3);
      expect(await bash(byHttp)).toMatch(/"status":"completed".*"productName":"Chair"/s);
      expect(read('products-output.csv').match(/\.webp/g)).toHaveLength(3);
      expect(read('products-results.zip')).toContain('2-Chair-1.webp');
      const { data } = JSON.parse(await bash(byGraphql));
      expect(data.requests.nodes).toHaveLength(2);
    },
    LIMIT_MS,
  );
});

describe('README.md', () => {
  beforeEach(() => writeCsv('README.md'));

  it(
    'has commands that do what it says',
    async () => {
      const commands = docBlocks('README.md', 'sh');
      await bash(commands.find((each) => each.includes('pixelpress run')) ?? 'false');
      expect(readdirSync(join(folder, 'results')).sort()).toEqual(
        expect.arrayContaining(['2-Chair-1.jpg', 'output.csv']),
      );
      const { data } = JSON.parse(await bash(commands.find((each) => each.includes('uploadCsv')) ?? 'false'));
      expect(data.uploadCsv).toEqual({ request: { id: expect.any(String) }, userErrors: [] });
      const upload = docCommands('README.md').find((each) => each.includes('http://localhost:4000/api/upload'));
      expect(JSON.parse(await bash(upload ?? 'false'))).toMatchObject({ requestId: expect.any(String) });
    },
    LIMIT_MS,
  );

  it(
    'has calls of REST that answer as it shows',
    async () => {
      const [session = ''] = docBlocks('README.md', 'console');
      const calls = session.split(/^\$ /m).filter(Boolean);
      expect(calls).toHaveLength(7);
      let id = '';
      for (const call of calls) {
        const [command = '', ...shown] = call.trim().split('\n');
        const changed = (text: string) => text.replace('3d1c…', id).replace('curl ', 'curl -sf ');
        const answer = await bash(command, { changed });
        if (shown.length === 0) continue;
        const answered = JSON.parse(answer);
        id = answered.requestId;
        expect(Object.keys(answered)).toEqual(Object.keys(JSON.parse(shown.join(''))));
        // What is downloaded next is there at the end.
        await bash(`curl -sN ${service.url}/api/status/${id}/events`);
      }
      expect(readdirSync(folder)).toEqual(
        expect.arrayContaining(['products-output.csv', 'products-results.zip', 'products-errors.csv']),
      );
    },
    LIMIT_MS,
  );

  it(
    'has a query that tells of products and their images',
    async () => {
      const [query] = docBlocks('README.md', 'graphql');
      const id = await uploaded();
      await bash(`curl -sN ${service.url}/api/status/${id}/events`);
      const body = JSON.stringify({ query, variables: { id } });
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${service.url}/graphql`, { method: 'POST', headers, body });
      const { data } = await response.json();
      expect(data.request).toMatchObject({ status: 'COMPLETED', counts: { total: 3, completed: 3 } });
    },
    LIMIT_MS,
  );

  it(
    'has programs that watch a request to its end',
    async () => {
      const [byClient = ''] = docBlocks('README.md', 'ts');
      expect((await javascript(byClient)).trim().split('\n').at(-1)).toBe('1');
      const [byGraphqlWs = ''] = docBlocks('README.md', 'js');
      const before = `import WebSocket from '${urlOf('ws')}';
      globalThis.WebSocket = WebSocket;
      const [id, progressBar] = ['${await uploaded()}', {}];`;
      expect(await javascript(byGraphqlWs, [before, 'console.log(progressBar.value); client.dispose();'])).toBe('1\n');
    },
    LIMIT_MS,
  );
});

describe('docs/events.md', () => {
  it('has a command that shows events to their end', async () => {
    writeCsv('README.md');
    const [follow = ''] = docBlocks('docs/events.md', 'sh');
    expect(await bash(follow, { env: { ID: await uploaded() } })).toMatch(/^id: \d+\ndata: .*"status":"completed"/ms);
  });

  it(
    'has a program that hears of the end, and closes its stream',
    async () => {
      writeCsv('README.md');
      const [byEventSource = ''] = docBlocks('docs/events.md', 'js');
      const before = `import { EventSource } from '${urlOf('undici')}';
      const [statusUrl, progressBar] = ['${service.url}/api/status/${await uploaded()}', {}];
      process.on('exit', () => console.log(progressBar.value));`;
      expect(await javascript(byEventSource, [before, ''])).toBe('1\n');
    },
    LIMIT_MS,
  );
});

describe('docs/upgrades.md', () => {
  it(
    'has commands that move requests to other engines, and back',
    async () => {
      const [there = '', back = ''] = docCommands('docs/upgrades.md');
      const engines = newDataDir();
      const mongo = await startEmbeddedMongo({ dataDir: engines });
      const s3 = await startS3();
      const [source, target] = [unpackData(DATA_0_1_0.file), newDataDir()];
      const env = { ...s3.env, MONGODB_URI: mongo.uri, KAFKA_BROKERS: '' };
      try {
        expect(await bash(there, { env: { ...env, DATA_DIR: source } })).toContain('compared with their source');
        expect(await bash(back, { env: { ...env, DATA_DIR: target } })).toContain('compared with their source');
        expect(readdirSync(target)).toContain('pixelpress.json');
      } finally {
        await s3.close();
        await mongo.close();
        for (const dataDir of [engines, source, target]) rmSync(dataDir, { recursive: true });
      }
    },
    LIMIT_MS,
  );
});

describe('npm start', () => {
  const starts = ['README.md', 'docs/getting-started.md', 'docs/observability.md'].flatMap((page) =>
    docCommands(page)
      .filter((command) => command.endsWith('npm start'))
      .map((command) => ({ page, command })),
  );

  it.each(starts)(
    'starts the service, as $page has it: $command',
    async ({ command }) => {
      const collector = await startTraceCollector();
      const here = command
        .replace('npm ci && ', '')
        .replace('http://collector:4318', `${collector.env[OTLP_ENDPOINT]}`);
      const dataDir = newDataDir();
      const env = {
        ...process.env,
        PORT: '0',
        DATA_DIR: dataDir,
        FETCH_ALLOW: '127.0.0.1',
        OTEL_BSP_SCHEDULE_DELAY: '50',
      };
      // A group of its own, all of which hears Ctrl+C as at a terminal.
      const child = spawn('bash', ['-euc', here], {
        cwd: ROOT,
        env,
        detached: true,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'close');
      try {
        let log = '';
        child.stdout.on('data', (text) => {
          log += text;
        });
        const url = await waitFor('the service', () => /"url":"([^"]+)".*"ready"/.exec(log)?.[1] ?? null, LIMIT_MS);
        expect((await fetch(`${url}/readyz`)).status).toBe(200);
        if (command.startsWith(OTLP_ENDPOINT)) {
          await fetch(`${url}/graphql?query={__typename}`, { headers: { 'apollo-require-preflight': 'true' } });
          await waitFor('its traces', () => collector.spans.length > 0, LIMIT_MS);
        }
        hasRun.add(command).add('npm start');
      } finally {
        process.kill(-Number(child.pid), 'SIGINT');
        await ended;
        await collector.close();
        rmSync(dataDir, { recursive: true });
      }
    },
    LIMIT_MS,
  );
});

describe('SECURITY.md and docs/webhooks.md', () => {
  it('have commands that make a key and a secret as the service takes them', async () => {
    const [key = 'false', secret = 'false'] = ['SECURITY.md', 'docs/webhooks.md'].map((page) =>
      inlineCommands(page).find((command) => command.includes('openssl')),
    );
    const made = (await bash(secret)).trim();
    expect(made).toMatch(/^whsec_.{44}$/);
    const variables = { API_KEYS: `shop:${(await bash(key)).trim()}`, WEBHOOK_SECRET: made };
    expect(readConfig(variables)).toMatchObject({ security: { webhookSecrets: [made] } });
    expect(variables.API_KEYS).toMatch(/^shop:[0-9a-f]{64}$/);
  });
});

describe('the commands of all pages', () => {
  const pages = readdirSync(join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []));
  const shown = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...pages].flatMap((page) => [
    ...docCommands(page),
    ...inlineCommands(page),
  ]);

  it('are run above, or stand in the list of those that are not, with the reason', () => {
    expect([...new Set(shown.filter((command) => !hasRun.has(command)))].sort()).toEqual(Object.keys(ELSEWHERE).sort());
  });

  it('are run by .ci/run where the list says so', () => {
    const ci = readFileSync(join(ROOT, '.ci/run'), 'utf8').replaceAll('--silent ', '');
    const told = Object.entries(ELSEWHERE).filter(([, reason]) => reason.includes('run by .ci/run'));
    expect(told).toHaveLength(8);
    for (const [command] of told)
      for (const part of command.split(' && ')) expect(ci).toContain(part.replace(/ -- .*/, ''));
  });
});
