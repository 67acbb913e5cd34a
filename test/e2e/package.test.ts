import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { brokenLinks } from '../support/doc-blocks.js';
import { shopCsv } from '../support/shop-csv.js';
import { startCommand } from '../support/start-command.js';
import { type Origin, startOrigin } from '../support/start-origin.js';

const execute = promisify(execFile);
/** For packing and installing, in milliseconds: half a minute where npm's cache is warm. */
const INSTALL_LIMIT_MS = 170_000;

const CONSUMER = `
import { PixelpressClient, PixelpressError, type RequestView } from 'pixelpress/client';

const client = new PixelpressClient({ url: 'http://127.0.0.1:4000' });
export async function last(file: File): Promise<RequestView | undefined> {
  const { request } = await client.upload(file, { format: 'WEBP' });
  let seen: RequestView | undefined;
  for await (const event of client.watch(request.id)) seen = event.request;
  // @ts-expect-error a status is one of the schema's
  if (seen?.status === 'DONE') throw new PixelpressError('NOT_FOUND', '');
  return seen;
}
`;

let folder: string;
let origin: Origin;
let program: [string];
/** The packed file. */
let tarball: Buffer;

beforeAll(async () => {
  origin = await startOrigin();
  folder = mkdtempSync(join(tmpdir(), 'pixelpress-package-'));
  const limit = { timeout: INSTALL_LIMIT_MS };
  await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], limit);
  const file = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  tarball = readFileSync(join(folder, String(file)));
  mkdirSync(join(folder, 'empty'));
  const where = ['--prefix', join(folder, 'prefix'), '--prefer-offline', '--no-audit', '--no-fund'];
  await execute('npm', ['install', '--global', ...where, join(folder, String(file))], {
    ...limit,
    cwd: join(folder, 'empty'),
  });
  program = [join(folder, 'prefix', 'bin', 'pixelpress')];
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(folder, 'prefix', 'lib', 'node_modules', 'pixelpress'), join(folder, 'node_modules', 'pixelpress'));
}, INSTALL_LIMIT_MS);
afterAll(async () => {
  await origin?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the packed file', () => {
  it('has nothing that publint would have otherwise', async () => {
    const { messages } = await publint({ pack: { tarball: Uint8Array.from(tarball).buffer }, strict: true });
    expect(messages).toEqual([]);
  });

  it('has types that are right wherever ES modules are resolved', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(tarball));
    if (!analysis.types) throw new Error('the package has no types');
    // The package is of ES modules alone.
    const others = ['node10', 'node16-cjs'];
    const problems = analysis.problems.filter((problem) => {
      return !('resolutionKind' in problem && others.includes(problem.resolutionKind));
    });
    expect(problems).toEqual([]);
  });
});

describe('its documentation', () => {
  const pages = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)];

  it.each(pages.filter((page) => page.endsWith('.md')))('has what %s leads to', (page) => {
    expect(brokenLinks(join(folder, 'node_modules', 'pixelpress'), page)).toEqual([]);
  });
});

describe('its dependencies', () => {
  it.each([
    ['installed globally', () => ['--global', '--prefix', join(folder, 'prefix')]],
    ['in this repository', () => []],
  ])('agree with each other, %s: none is missing, none is of a version that another refuses', async (_, where) => {
    // Ends with 1 where one is not right.
    const { stdout } = await execute('npm', ['ls', '--all', '--json', ...where()], { maxBuffer: Infinity });
    const { problems, dependencies } = JSON.parse(stdout);
    expect(problems).toBeUndefined();
    expect(Object.keys(dependencies).length).toBeGreaterThan(0);
  });
});

describe('the package, installed globally', () => {
  it('explains itself and makes the images of a CSV in an empty folder', async () => {
    const cwd = join(folder, 'empty');
    const options = { cwd, program };
    expect((await startCommand(['--help'], options).ended).stdout).toContain('pixelpress run products.csv');
    writeFileSync(join(cwd, 'products.csv'), shopCsv([[`${origin.url}/a.jpg`], [`${origin.url}/b.jpg`]]));
    const { code, stdout } = await startCommand(['run', 'products.csv', '--out', 'results'], options).ended;
    expect(stdout).toContain('completed: 2 made, 0 failed');
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, 'results', 'output.csv'), 'utf8')).toMatch(/file:.*\n.*file:.*\n$/);
  });

  it('serves with its page and the licences of what is built into it, and stops in order at Ctrl+C', async () => {
    const service = startCommand(['serve'], { cwd: join(folder, 'empty'), program, env: { PORT: '0' } });
    const url = /"url":"([^"]+)"/.exec(await service.said('"ready"'))?.[1];
    const page = await fetch(`${url}/`);
    expect(page.status).toBe(200);
    const script = /src="\.(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1];
    expect((await fetch(`${url}${script}`)).status).toBe(200);
    const licences = await (await fetch(`${url}/licences.md`)).text();
    const told = [...licences.matchAll(/^## (\S+) - \S+ \((.*)\)$/gm)].map(([, name, licence]) => `${name} ${licence}`);
    expect(told).toContain('react-dom MIT');
    expect(told.filter((each) => !each.endsWith(' MIT'))).toEqual([]);
    service.process.kill('SIGINT');
    expect((await service.ended).code).toBe(0);
  });

  it('holds the typed client: for Node as it is, and for a compiler that knows browsers alone', async () => {
    const script = "import('pixelpress/client').then(({ PixelpressClient }) => console.log(typeof PixelpressClient))";
    const { stdout } = await execute(process.execPath, ['-e', script], { cwd: folder });
    expect(stdout).toBe('function\n');

    writeFileSync(join(folder, 'consumer.ts'), CONSUMER);
    const target = ['--target', 'es2022', '--lib', 'es2023,dom', '--types', ''];
    for (const resolution of [
      ['--module', 'nodenext'],
      ['--module', 'esnext', '--moduleResolution', 'bundler'],
    ]) {
      const args = ['--noEmit', '--strict', '--ignoreConfig', ...target, ...resolution, join(folder, 'consumer.ts')];
      await execute(join('node_modules', '.bin', 'tsc'), args);
    }
  });
});
