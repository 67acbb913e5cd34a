import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { holdAnswer } from '../support/hold-answer.js';
import { shopCsv } from '../support/shop-csv.js';
import { type CommandOptions, startCommand } from '../support/start-command.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';
import { unzip } from '../support/unzip.js';
import { waitFor } from '../support/wait-for.js';

/** For what starts an engine of its own again, in milliseconds, on a machine that is busy. */
const RESTART_LIMIT_MS = 90_000;

let origin: Origin;
let service: Service;
let folder: string;

beforeAll(async () => {
  origin = await startOrigin();
  service = await startService();
  folder = mkdtempSync(join(tmpdir(), 'pixelpress-cli-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await service.stop();
  await origin.close();
});

const run = (args: string[], options: CommandOptions = {}) => startCommand(args, { cwd: folder, ...options }).ended;
const ask = (...args: string[]) => run([...args, '--server', service.url]);
const objects = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const urls = (...names: string[]) => names.map((name) => `${origin.url}/${name}`);

function csvFile(name: string, ...products: string[][]): string {
  writeFileSync(join(folder, name), shopCsv(products));
  return name;
}

async function uploaded(...products: string[][]): Promise<string> {
  const { stdout } = await ask('upload', csvFile('products.csv', ...products), '--watch', '--json');
  return objects(stdout)[0].id;
}

describe('the command line', () => {
  it('explains itself, each command with its options, examples and the exit codes', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+)(?: \S+)? {2,}/gm)].map((match) => String(match[1]));
    expect(commands).toEqual(
      expect.arrayContaining('run upload check watch status list cancel retry delete download demo serve'.split(' ')),
    );
    for (const command of commands) {
      const help = await run([command, '--help']);
      expect([command, help.code]).toEqual([command, 0]);
      expect(help.stdout).toMatch(/--json[\s\S]+Examples:\n {2}\S+[\s\S]+Exit codes: 0 .* 2 .* 1 .* 130 /);
    }
  });

  it('ends with 1 and a sentence for what it does not know, cannot read or does not reach', async () => {
    const wrong: [string[], string][] = [
      [['fly'], 'There is no command “fly”'],
      [['upload'], 'pixelpress upload needs FILE.csv'],
      [['status', 'a', 'b'], '“b” is one word too many'],
      [['upload', 'a.csv', '--wings'], "Unknown option '--wings'"],
      [['upload', 'a.csv', '--quality', 'high'], '--quality is a whole number, not “high”.'],
      [['upload', 'a.csv', '--format', 'bmp'], '--format is one of KEEP, JPEG'],
      [['upload', 'a.csv', '--expires-at', '2030-02-31'], '--expires-at is a date or a moment'],
      [['upload', 'nothing.csv'], 'There is no file nothing.csv.'],
      [['list', '--server', 'nowhere'], '--server is an http or https URL'],
      [['list', '--server', 'http://127.0.0.1:1'], 'There is no service at http://127.0.0.1:1.'],
      [['completion', 'csh'], 'There is completion for bash, zsh, fish'],
    ];
    for (const [args, sentence] of wrong) {
      const { code, stdout, stderr } = await run(args);
      expect([args, code, stdout]).toEqual([args, 1, '']);
      expect(stderr).toContain(sentence);
      expect(stderr).not.toMatch(/\n {4}at /);
    }
    expect((await run([])).code).toBe(1);
  });

  it('says where an upload that is not watched can be seen', async () => {
    const { code, stdout, stderr } = await ask('upload', csvFile('unseen.csv', urls('a.jpg', 'b.jpg')));
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^pending: 0 of 2 images made, 0 failed\nrequest \S+\n$/),
    ]);
    const line = /pixelpress (watch .*)/.exec(stderr)?.[1]?.split(' ') ?? [];
    expect((await run(line)).code).toBe(0);
  });

  it('ends with 0 when all images are made, and with 2 when some failed', async () => {
    origin.answers.set('/gone.jpg', (_, response) => response.writeHead(404).end());
    const good = await ask('upload', csvFile('good.csv', urls('a.jpg')), '--watch', '--out', 'output.csv');
    expect([good.code, good.stderr]).toEqual([0, '']);
    expect(good.stdout).toContain('completed: 1 made, 0 failed');
    expect(readFileSync(join(folder, 'output.csv'), 'utf8')).toContain('Output Image Urls');
    expect((await ask('upload', csvFile('bad.csv', urls('a.jpg', 'gone.jpg')), '--watch')).code).toBe(2);
  });

  it('refuses a bad file with 1 and every bad row, as lines or as one object', async () => {
    writeFileSync(join(folder, 'wrong.csv'), 'S. No.,Product Name,Input Image Urls\n1,,nothing\n');
    const told = await ask('upload', 'wrong.csv');
    expect(told.code).toBe(1);
    expect(told.stderr).toMatch(/Row 1.*\n.*Row 1.*\nThe file was refused/);
    const object = await ask('upload', 'wrong.csv', '--json');
    expect(object.code).toBe(1);
    expect(objects(object.stdout)).toMatchObject([
      { error: { code: 'INVALID_CSV', userErrorCount: 2, userErrors: [{ row: 1 }, { row: 1 }] } },
    ]);
    expect((await ask('check', 'wrong.csv')).code).toBe(1);
    expect(await ask('check', csvFile('fine.csv', urls('a.jpg')))).toMatchObject({
      code: 0,
      stdout: 'in order: 1 row, 1 image\n',
    });
  });

  it('gives one object a line with --json, and nothing else', async () => {
    const { code, stdout, stderr } = await ask(
      'upload',
      csvFile('two.csv', urls('a.jpg', 'b.jpg')),
      '--watch',
      '--json',
    );
    const steps = objects(stdout);
    expect([code, stderr]).toEqual([0, '']);
    expect(steps.at(-1)).toMatchObject({ status: 'COMPLETED', progress: 1, counts: { total: 2, completed: 2 } });
    const revisions = steps.map(({ revision }) => revision);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    const { id } = steps[0];
    expect(objects((await ask('status', id, '--json')).stdout)).toMatchObject([{ id, status: 'COMPLETED' }]);
    const listed = objects((await ask('list', '--status', 'completed', '--limit', '2', '--json')).stdout);
    expect(listed).toHaveLength(2);
    expect(listed[0].id).toBe(id);
  });

  it('cancels, tries again and deletes', async () => {
    const release = holdAnswer(origin, '/held.jpg');
    const started = await ask('upload', csvFile('held.csv', urls('held.jpg')), '--json');
    const { id } = objects(started.stdout)[0];
    await waitFor('the image to be asked for', () => origin.hits.get('/held.jpg'));
    expect((await ask('cancel', id)).stdout).toMatch(/^cancell/);
    release();
    expect((await ask('watch', id)).code).not.toBe(0);

    origin.answers.set('/late.jpg', (_, response) => response.writeHead(404).end());
    const failed = await uploaded(urls('late.jpg'));
    origin.answers.delete('/late.jpg');
    expect((await ask('retry', failed, '--watch')).code).toBe(0);
    expect((await ask('delete', failed)).stdout).toBe(`deleted: ${failed}\n`);
    const gone = await ask('status', failed, '--json');
    expect([gone.code, objects(gone.stdout)[0].error.code]).toEqual([1, 'NOT_FOUND']);
  });

  it('reads the address of the service and the key from the environment', async () => {
    const locked = await startService({ API_KEYS: 'ann:secret-a' });
    const env = { PIXELPRESS_SERVER: locked.url };
    expect(await run(['list'], { env })).toMatchObject({ code: 1, stdout: '' });
    expect(await run(['list'], { env: { ...env, PIXELPRESS_API_KEY: 'secret-a' } })).toMatchObject({ code: 0 });
    await locked.stop();
  });
});

/** A file name or a cell that a terminal would obey. */
const HOSTILE = 'a\x1b[31m\x9b8m\nb';

/** What stands in the place of a service, and answers every request alike. */
async function startFake(answer: RequestListener) {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const close = () => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

describe('what is said', () => {
  /** A service that lists many requests, on pages without end where it is asked to. */
  const startLister = async (hasNextPage = false) => {
    let asked = 0;
    const node = { id: 'x'.repeat(10_000), status: 'COMPLETED', progress: 1, createdAt: '', fileName: HOSTILE };
    const requests = { nodes: Array(100).fill(node), pageInfo: { hasNextPage, endCursor: 'more' } };
    const data = JSON.stringify({ data: { requests } });
    const lister = await startFake((_, response) => {
      asked++;
      response.end(data);
    });
    return { ...lister, asked: () => asked };
  };

  it('reaches a slow reader whole', async () => {
    const lister = await startLister();
    const command = startCommand(['list', '--limit', '100', '--json', '--server', lister.url], { cwd: folder });
    command.process.stdout?.pause();
    await waitFor('the list to be asked for', lister.asked);
    await pause(1_000);
    command.process.stdout?.resume();
    const { code, stdout } = await command.ended;
    expect(code).toBe(0);
    expect(objects(stdout)).toHaveLength(100);
    await lister.close();
  });

  it('is no more asked for by list where its reader has gone, as head does', async () => {
    const lister = await startLister(true);
    const command = startCommand(['list', '--limit', '1000000', '--server', lister.url], { cwd: folder });
    command.process.stdout?.once('data', () => command.process.stdout?.destroy());
    expect((await command.ended).code).toBe(0);
    expect(lister.asked()).toBeLessThan(100);
    await lister.close();
  });

  it.each(['upload', 'watch', 'retry'])('is no more waited for by %s where its reader has gone', async (name) => {
    const [first, last] = [`first-of-${name}.jpg`, `last-of-${name}.jpg`];
    const file = csvFile(`${name}.csv`, urls(first, last));
    let args = ['upload', file, '--watch'];
    if (name === 'retry') {
      for (const path of [first, last]) holdAnswer(origin, `/${path}`)();
      args = ['retry', await uploaded(urls(first, last)), '--watch'];
    }
    const [releaseFirst, releaseLast] = [holdAnswer(origin, `/${first}`), holdAnswer(origin, `/${last}`)];
    if (name === 'watch') args = ['watch', objects((await ask('upload', file, '--json')).stdout)[0].id];
    const command = startCommand([...args, '--json', '--server', service.url], { cwd: folder });
    await command.said('"total":2');
    command.process.stdout?.destroy();
    releaseFirst();
    expect((await command.ended).code).toBe(0);
    releaseLast();
  });
});

describe('what others wrote', () => {
  it('is obeyed by no terminal, and begins no line', async () => {
    writeFileSync(join(folder, 'hostile.csv'), `S. No.,Product Name,Input Image Urls\n1,Lamp,"${HOSTILE}"\n`);
    for (const command of ['check', 'upload']) {
      const { stdout, stderr } = await ask(command, 'hostile.csv');
      expect(stdout + stderr).toContain('a\ufffd[31m\ufffd8m\ufffdb');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    }
    const { stdout } = await ask('check', 'hostile.csv', '--json');
    expect(stdout).not.toContain('\x9b');
    expect(objects(stdout)[0].userErrors[0].message).toContain(HOSTILE);
  });
});

describe('a download that breaks', () => {
  /** A service that is behind a proxy without WebSocket, with an ended request whose files come in part. */
  const startBreaking = () => {
    const counts = { rows: 1, imageUrls: 1, total: 1, completed: 1, failed: 0, cancelled: 0 };
    const request = {
      id: 'x',
      status: 'COMPLETED',
      revision: 9,
      progress: 1,
      counts,
      outputCsvUrl: 'there',
      imagesPerSecond: null,
    };
    const data = JSON.stringify({ data: { request: { ...request, bytes: { original: 2, compressed: 1, saved: 1 } } } });
    return startFake(({ method }, response) => {
      if (method === 'POST') return response.end(data);
      response.write('S. No.,');
      return setTimeout(() => response.destroy(), 100);
    });
  };

  it('leaves the file that was there, and is told by its code', async () => {
    const breaking = await startBreaking();
    writeFileSync(join(folder, 'kept.csv'), 'of yesterday');
    for (const command of ['watch', 'download --errors']) {
      const args = [...command.split(' '), 'x', '--out', 'kept.csv', '--server', breaking.url];
      const told = await run(args);
      expect([told.code, told.stderr]).toEqual([1, expect.stringContaining('the connection to http://127.0.0.1')]);
      expect(told.stderr).not.toMatch(/\n {4}at /);
      const { stdout } = await run([...args, '--json']);
      expect(objects(stdout).at(-1)).toMatchObject({ error: { code: 'UNREACHABLE' } });
    }
    expect(readFileSync(join(folder, 'kept.csv'), 'utf8')).toBe('of yesterday');
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    await breaking.close();
  });

  it('is no reason to put a file in the place of a pipe or a device', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const read = readFile(join(folder, 'pipe'), 'utf8');
    const id = await uploaded(urls('a.jpg'));
    expect((await ask('watch', id, '--out', 'pipe')).code).toBe(0);
    expect(await read).toContain('Output Image Urls');
    expect(statSync(join(folder, 'pipe')).isFIFO()).toBe(true);
  });
});

describe('download', () => {
  it('fetches every result under a safe name of product and position, and only what is not there', async () => {
    const names = ['Lamp/../../etc', 'CON', 'Ärmel “M”', '..'];
    const rows = names.map((name, index) => `${index + 1},${name},"${urls('a.jpg', `${index}.jpg`).join(',')}"`);
    writeFileSync(join(folder, 'names.csv'), ['S. No.,Product Name,Input Image Urls', ...rows, ''].join('\n'));
    const { stdout } = await ask('upload', 'names.csv', '--watch', '--json', '--format', 'webp');
    const { id } = objects(stdout)[0];
    const first = await ask('download', id, '--out', 'results');
    expect([first.code, first.stdout]).toEqual([0, 'results: 8 fetched, 0 there already, 0 not fetched\n']);
    const files = readdirSync(join(folder, 'results')).sort();
    const safe = ['1-Lamp-etc', '2-CON', '3-Ärmel-M', '4'].flatMap((name) => [`${name}-1.webp`, `${name}-2.webp`]);
    expect(files).toEqual([...safe, 'output.csv'].sort());
    // The ZIP calls them the same.
    const zip = await (await fetch(`${service.url}/api/requests/${id}/results.zip`)).arrayBuffer();
    expect((await unzip(Buffer.from(zip))).map((entry) => entry.name).sort()).toEqual(safe.sort());
    const whole = statSync(join(folder, 'results', '2-CON-2.webp')).size;
    writeFileSync(join(folder, 'results', '2-CON-2.webp'), 'broken off');
    const second = await ask('download', id, '--out', 'results');
    expect(second.stdout).toBe('results: 1 fetched, 7 there already, 0 not fetched\n');
    expect(statSync(join(folder, 'results', '2-CON-2.webp')).size).toBe(whole);
  });

  it('fetches all results as one ZIP, or only the rows to mend', async () => {
    origin.answers.set('/never.jpg', (_, response) => response.writeHead(404).end());
    const { stdout } = await ask('upload', csvFile('mend.csv', urls('a.jpg', 'never.jpg')), '--watch', '--json');
    const { id } = objects(stdout)[0];
    expect(await ask('download', id, '--zip', '--out', 'all.zip')).toMatchObject({ code: 0, stdout: 'all.zip\n' });
    expect(readFileSync(join(folder, 'all.zip')).subarray(0, 2).toString()).toBe('PK');
    expect(await ask('download', id, '--errors', '--out', 'mend-me.csv')).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'mend-me.csv'), 'utf8')).toContain('HTTP_ERROR');
    expect((await ask('download', id, '--zip', '--errors')).code).toBe(1);
  });

  it('writes the new URLs into the image column with --replace-urls', async () => {
    const args = ['--replace-urls', '--out', 'replaced.csv'];
    expect((await ask('upload', csvFile('replace.csv', urls('a.jpg')), ...args)).code).toBe(0);
    const replaced = readFileSync(join(folder, 'replaced.csv'), 'utf8');
    expect(replaced).toContain('/objects/');
    expect(replaced).not.toContain(origin.url);
  });
});

describe('run', () => {
  it('leaves no folder for a file that is refused, where there was none', async () => {
    writeFileSync(join(folder, 'refused.csv'), 'a,b\n1,2\n');
    mkdirSync(join(folder, 'mine'));
    for (const out of ['refused', 'mine']) {
      expect((await run(['run', 'refused.csv', '--out', out])).code).toBe(1);
    }
    expect([existsSync(join(folder, 'refused')), existsSync(join(folder, 'mine'))]).toEqual([false, true]);
  });

  it(
    'leaves the results under the names of their products, and an output CSV that names these files',
    async () => {
      origin.answers.set('/not-there.jpg', (_, response) => response.writeHead(404).end());
      const file = csvFile('here.csv', urls('a.jpg', 'b.jpg'), urls('not-there.jpg', 'a.jpg'));
      // The limits are those of a service, and it asks itself more often.
      const env = { FETCH_ALLOW: '127.0.0.1', RATE_LIMIT_QUERIES_PER_MINUTE: '1', RATE_LIMIT_UPLOADS_PER_MINUTE: '1' };
      const out = join(folder, 'made here');
      for (const format of ['webp', 'keep']) {
        const { code, stdout } = await run(['run', file, '--out', 'made here', '--format', format], { env });
        expect([code, stdout.trim().split('\n').at(-1)]).toEqual([2, `3 results and output.csv in ${out}`]);
      }
      const products = readFileSync(join(folder, file), 'utf8').trim().split('\n').slice(1);
      const [first, second] = products.map((row) => row.split(',').slice(0, 2).join('-').replaceAll(' ', '-'));
      const names = [`${first}-1`, `${first}-2`, `${second}-2`];
      const made = ['jpg', 'webp'].flatMap((ending) => names.map((name) => `${name}.${ending}`));
      expect(readdirSync(out).sort()).toEqual([...made, 'output.csv'].sort());
      const output = readFileSync(join(out, 'output.csv'), 'utf8');
      const named = [...output.matchAll(/file:[^",\n]+/g)].map(([url]) => fileURLToPath(url));
      // An image that stands in two products is named by the first.
      expect(named).toEqual([`${first}-1.jpg`, `${first}-2.jpg`, `${first}-1.jpg`].map((name) => join(out, name)));
      for (const path of named) expect(existsSync(path)).toBe(true);
    },
    RESTART_LIMIT_MS,
  );

  it('refuses to write its output over its input', async () => {
    const input = readFileSync(join(folder, csvFile('output.csv', urls('a.jpg'))), 'utf8');
    const { code, stderr } = await run(['run', 'output.csv', '--out', '.']);
    expect([code, stderr]).toEqual([1, 'output.csv is where the output CSV goes: name another folder with --out.\n']);
    expect(readFileSync(join(folder, 'output.csv'), 'utf8')).toBe(input);
  });

  it('makes everything though nobody reads any more what it says', async () => {
    const release = holdAnswer(origin, '/unread.jpg');
    const file = csvFile('unread.csv', urls('a.jpg', 'unread.jpg'));
    const command = startCommand(['run', file, '--out', 'unread'], { cwd: folder });
    await command.said('images');
    command.process.stdout?.destroy();
    release();
    expect((await command.ended).code).toBe(2);
    expect(readdirSync(join(folder, 'unread'))).toEqual([expect.stringMatching(/-1\.jpg$/), 'output.csv']);
  });

  it('does not go on with what a killed one has left in the folder', async () => {
    const release = holdAnswer(origin, '/forgotten.jpg');
    const args = (name: string, file: string) => ['run', csvFile(name, urls(file)), '--out', 'killed'];
    const killed = startCommand(args('forgotten.csv', 'forgotten.jpg'), { cwd: folder });
    await waitFor('the image to be asked for', () => origin.hits.get('/forgotten.jpg'));
    killed.process.kill('SIGKILL');
    await killed.ended;
    release();
    const releaseSecond = holdAnswer(origin, '/remembered.jpg');
    const second = startCommand(args('remembered.csv', 'remembered.jpg'), { cwd: folder });
    await waitFor('the second image to be asked for', () => origin.hits.get('/remembered.jpg'));
    await pause(2_000);
    releaseSecond();
    await second.ended;
    expect(origin.hits.get('/forgotten.jpg')).toBe(1);
    expect(readdirSync(join(folder, 'killed'))).toEqual(['output.csv']);
  });
});

describe('Ctrl+C', () => {
  it('ends upload --watch with 130, and what it says leads back to the request', async () => {
    const release = holdAnswer(origin, '/slow.jpg');
    const args = ['upload', csvFile('slow.csv', urls('a.jpg', 'slow.jpg')), '--watch', '--server', service.url];
    const command = startCommand(args, { cwd: folder });
    await command.said('images');
    command.process.kill('SIGINT');
    const { code, stderr } = await command.ended;
    expect(code).toBe(130);
    const back = /pixelpress (watch \S+ --server \S+)/.exec(stderr)?.[1]?.split(' ') ?? [];
    expect(stderr).toContain('The request goes on at the service.');
    release();
    expect((await run(back)).code).toBe(2);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends run with 130, and leaves no database behind (%s)',
    async (signal) => {
      const release = holdAnswer(origin, '/endless.jpg');
      const command = startCommand(['run', csvFile('endless.csv', urls('endless.jpg')), '--out', 'stopped'], {
        cwd: folder,
      });
      await command.said('images');
      command.process.kill(signal);
      release();
      expect((await command.ended).code).toBe(130);
      expect(readdirSync(join(folder, 'stopped'))).toEqual([]);
    },
  );
});

describe('a service that is killed', () => {
  it(
    'is watched on when it is back',
    async () => {
      const own = await startService();
      const release = holdAnswer(origin, '/late-answer.jpg');
      const args = ['upload', csvFile('killed.csv', urls('a.jpg', 'late-answer.jpg')), '--watch', '--server', own.url];
      const command = startCommand(args, { cwd: folder });
      await command.said('images');
      const again = await own.killAndRestart();
      await command.said('connection lost, trying again');
      release();
      const { code, stdout } = await command.ended;
      expect(code).toBe(2);
      expect(stdout).toContain('connected again');
      expect(stdout).toContain('completed: 1 made, 1 failed');
      await again.stop();
    },
    RESTART_LIMIT_MS,
  );
});

describe('a terminal', () => {
  /** What is drawn on a terminal while two images are made, the second after the bar has shown the first. */
  const drawn = async (env: Record<string, string>) => {
    const release = holdAnswer(origin, '/last.jpg');
    const file = csvFile('bar.csv', urls('a.jpg', 'last.jpg'));
    const main = join(process.cwd(), 'dist/cli/main.js');
    const line = [process.execPath, main, 'upload', file, '--watch', '--server', service.url].join(' ');
    const command = startCommand(['-qefc', line, '/dev/null'], {
      cwd: folder,
      program: ['script'],
      env: { TERM: 'xterm-256color', ...env },
    });
    await command.said(/50% \| 1\/2 images \| \d+\.\d\/s \| .*left.* \| .* saved/);
    release();
    const { code, stdout } = await command.ended;
    expect(code).toBe(2);
    expect(stdout).toMatch(/100% \| 2\/2 images \| \d+\.\d\/s \| ended \| .* saved/);
    return stdout;
  };

  it('shows a bar with rate and time left, in colour unless NO_COLOR is set', async () => {
    const coloured = await drawn({});
    expect(coloured).toContain('\x1b[32m█');
    const lines = stripVTControlCharacters(coloured.replaceAll('\x1b[1G', '\n')).split('\n');
    // What is longer than the terminal is wide would be cut off at its end.
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is the control character that is looked for
    expect(await drawn({ NO_COLOR: '1' })).not.toMatch(/\x1b\[3\dm/);
  });

  it('is not there when output is piped: plain lines without bar and colour', async () => {
    const { stdout, stderr } = await ask('upload', csvFile('pipe.csv', urls('a.jpg')), '--watch');
    expect(stdout).toMatch(/^\d+ % \| \d\/[\d?] images/);
    expect(stdout + stderr).not.toContain('\x1b');
  });
});

describe('completion', () => {
  /** What bash offers after these words, with the script sourced as a person would. */
  const offered = async (...words: string[]) => {
    const script = [
      `source <("${process.execPath}" dist/cli/main.js completion bash)`,
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})`,
      `COMP_CWORD=${words.length - 1}`,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's
      '_pixelpress && echo "${COMPREPLY[@]}"',
    ].join('\n');
    const { stdout } = await run(['-c', script], { program: ['bash'], cwd: process.cwd() });
    return stdout.trim().split(' ');
  };

  it('in bash offers commands, options and their choices', async () => {
    expect(await offered('pixelpress', 'd')).toEqual(['delete', 'download', 'demo']);
    expect(await offered('pixelpress', 'download', '--')).toEqual([
      '--out',
      '--zip',
      '--errors',
      '--server',
      '--key',
      '--json',
      '--help',
    ]);
    expect(await offered('pixelpress', 'upload', 'a.csv', '--format', 'W')).toEqual(['WEBP']);
    expect(await offered('pixelpress', 'completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it.each(['zsh', 'fish'])('for %s names every command and its options', async (shell) => {
    const { code, stdout } = await run(['completion', shell]);
    expect(code).toBe(0);
    for (const word of ['download', 'completion', 'idempotency-key', 'max-dimension', 'WEBP']) {
      expect(stdout).toContain(word);
    }
  });
});
