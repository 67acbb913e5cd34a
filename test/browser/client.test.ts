import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser, type TestBrowser } from '../support/open-browser.js';
import { shopCsv } from '../support/shop-csv.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';

/** For one build of the example, in milliseconds. */
const BUILD_LIMIT_MS = 60_000;

/** What every React project has beside its components. */
const MAIN = `import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
createRoot(document.body.appendChild(document.createElement('div'))).render(createElement(App));
`;

/** A site of its own, as a shop might have: it serves the files of a folder. */
interface Site {
  url: string;
  folder: string;
  close(): Promise<void>;
}

let origin: Origin;
let site: Site;
let service: Service;
let browser: TestBrowser;
let folder: string;

beforeAll(async () => {
  origin = await startOrigin();
  site = await startSite();
  service = await startService({ CORS_ORIGINS: site.url });
  folder = mkdtempSync(join(tmpdir(), 'pixelpress-example-'));
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
  await site?.close();
  await origin?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function startSite(): Promise<Site> {
  const site = { folder: '' };
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : String(request.url);
    const file = join(site.folder, path);
    if (!existsSync(file)) return response.writeHead(404).end();
    response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'text/html');
    return response.end(readFileSync(file));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return Object.assign(site, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  });
}

/** The example as it stands in the documentation, but for where the service is. */
function exampleOf(page: string, serviceUrl: string): string {
  const [, example] = /```tsx\n([\s\S]+?)```/.exec(readFileSync(page, 'utf8')) ?? [];
  if (!example) throw new Error(`there is no example in ${page}`);
  return example.replace('http://127.0.0.1:4000', serviceUrl);
}

/** Builds it as the project of somebody who has installed the package. */
function build(example: string): { folder: string; said: string } {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  symlinkSync(process.cwd(), join(modules, 'pixelpress'));
  for (const name of ['react', 'react-dom'])
    symlinkSync(join(process.cwd(), 'node_modules', name), join(modules, name));
  writeFileSync(join(folder, 'app.tsx'), example);
  writeFileSync(join(folder, 'main.tsx'), MAIN);
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><title>Shop</title><body><script type="module" src="/main.tsx"></script>',
  );
  const vite = [join('node_modules', 'vite', 'bin', 'vite.js'), 'build', folder, '--logLevel', 'warn'];
  const { stdout, stderr } = spawnSync(process.execPath, vite, { encoding: 'utf8', timeout: BUILD_LIMIT_MS });
  return { folder: join(folder, 'dist'), said: stdout + stderr };
}

describe('the React example of docs/client.md', () => {
  it('is built without a module of Node, and shows a live progress bar that reaches 100 %', async () => {
    const example = exampleOf('docs/client.md', service.url);
    expect(example.split('\n').filter(Boolean)).toHaveLength(20);
    const built = build(example);
    expect(built.said).toBe('');
    const scripts = readdirSync(join(built.folder, 'assets')).map((name) => join(built.folder, 'assets', name));
    expect(scripts.map((path) => readFileSync(path, 'utf8')).join('')).not.toMatch(/from ?"node:|import\("node:/);
    site.folder = built.folder;

    let release = () => {};
    origin.answers.set('/last.jpg', (_, response) => {
      release = () => response.writeHead(404).end();
    });
    const { page, thrown } = await browser.open(site.url);
    const buffer = shopCsv([[`${origin.url}/a.jpg`, `${origin.url}/last.jpg`]]);
    await page.getByLabel('CSV').setInputFiles({ name: 'products.csv', mimeType: 'text/csv', buffer });
    const bar = page.getByRole('progressbar', { name: 'Images done' });
    await bar.waitFor();
    const reaches = (value: number) =>
      page.waitForFunction(`document.querySelector('progress')?.value === ${value}`, undefined, { timeout: 20_000 });
    await reaches(0.5);
    release();
    await reaches(1);
    expect(thrown).toEqual([]);
  });
});
