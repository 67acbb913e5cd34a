import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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

beforeAll(async () => {
  origin = await startOrigin();
  folder = mkdtempSync(join(tmpdir(), 'pixelpress-package-'));
  const limit = { timeout: INSTALL_LIMIT_MS };
  await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], limit);
  const file = readdirSync(folder).find((name) => name.endsWith('.tgz'));
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

  it('serves with its page, and stops in order at Ctrl+C', async () => {
    const service = startCommand(['serve'], { cwd: join(folder, 'empty'), program, env: { PORT: '0' } });
    const url = /"url":"([^"]+)"/.exec(await service.said('"ready"'))?.[1];
    const page = await fetch(`${url}/`);
    expect(page.status).toBe(200);
    const script = /src="\.(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1];
    expect((await fetch(`${url}${script}`)).status).toBe(200);
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
