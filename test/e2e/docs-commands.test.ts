import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commandsHere, docBlocks, runProgram } from '../support/doc-blocks.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';

const { resolve } = createRequire(import.meta.url);
const urlOf = (name: string) => pathToFileURL(resolve(name)).href;
/** Several programs start one after the other. */
const LIMIT_MS = 120_000;
const CLIENT = new URL('../../dist/client/index.js', import.meta.url).href;

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

function bash(commands: string): Promise<string> {
  const env = { PIXELPRESS_SERVER: service.url, FETCH_ALLOW: '127.0.0.1' };
  return runProgram(['bash', '-euc', commandsHere(commands, service.url)], { cwd: folder, env });
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
        const answer = await bash(command.replace('3d1c…', id).replace('curl ', 'curl -sf '));
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
