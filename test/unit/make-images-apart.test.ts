import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ImageId, RequestId } from '../../src/domain/ids.js';
import { ProcessingError } from '../../src/domain/processing-error.js';
import { HostBusyError } from '../../src/images/host-gate.js';
import { makeImagesApart } from '../../src/workers/make-images-apart.js';
import type { StageTaken } from '../../src/workers/run-stage.js';
import { waitFor } from '../support/wait-for.js';

const script = fileURLToPath(new URL('../support/image-process.js', import.meta.url));
const options = { format: 'KEEP', quality: 80, maxDimension: null, keepMetadata: false } as never;
const never = new AbortController().signal;
const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function start({ failsWith = '/nowhere' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'pixelpress-apart-'));
  opened.push(async () => rmSync(folder, { recursive: true }));
  const settings = { failsWith, crashed: join(folder, 'crashed') };
  const deleted: string[] = [];
  const warnings: unknown[] = [];
  const stages: StageTaken[] = [];
  const storage = { delete: async (keys: readonly string[]) => void deleted.push(...keys) };
  const log = { debug() {}, info() {}, error() {}, warn: (fields: unknown) => void warnings.push(fields) };
  const used = { starts: 0, cpuSeconds: 0, bytes: 0 };
  const metrics = {
    imageProcessStarted: () => void used.starts++,
    imageProcessUsed(cpuSeconds: number, bytesBy: number) {
      expect(cpuSeconds).toBeGreaterThanOrEqual(0);
      used.cpuSeconds += cpuSeconds;
      used.bytes += bytesBy;
    },
  };
  const deps = { storage, log, metrics };
  const { makeImage, close } = await makeImagesApart({ script, settings, compressAtOnce: 2, ...deps } as never);
  opened.push(close);
  const make = (path: string, signal = never) => {
    const image = { _id: `r.${path}` as ImageId, requestId: 'r' as RequestId, sourceUrl: `http://shop.example${path}` };
    return makeImage({ image, claim: 'c' }, options, { signal, onStage: (taken) => void stages.push(taken) });
  };
  return { make, deleted, warnings, stages, used, close };
}

/** Processes that this one has started and that live. */
function children(): string[] {
  const found = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return found.split('\n').filter((line) => line.includes('image-process.js'));
}

it('an image that crashes its process is made once more, alone, and fails; those beside it are made', async () => {
  const { make, warnings, close } = await start();
  const beside = [make('/beside'), make('/beside'), make('/beside')];
  const crash = make('/crash');
  await expect(crash).rejects.toMatchObject({ code: 'INTERNAL', message: 'The image makes its decoder crash.' });
  const made = await Promise.all(beside);
  expect(made.map(({ result }) => result.original.key)).toEqual(['original', 'original', 'original']);
  const isOf = (path: string) => expect.objectContaining({ requestId: 'r', imageId: `r.${path}` });
  const inHand = ['/beside', '/beside', '/beside', '/crash'];
  expect(warnings).toEqual(inHand.map(isOf));
  // And the next ones find a process again.
  await expect(make('/next')).resolves.toMatchObject({ result: { keptOriginal: false } });
  await close();
  expect(children()).toEqual([]);
});

it('many crashes at once leave one process, and each image gets its answer', async () => {
  const { make } = await start();
  const paths = Array.from({ length: 12 }, (_, index) => (index % 4 === 0 ? '/crash' : '/beside'));
  const ends = await Promise.allSettled(paths.map((path) => make(path)));
  expect(ends.map(({ status }) => status)).toEqual(paths.map((path) => (path === '/crash' ? 'rejected' : 'fulfilled')));
  await make('/next');
  expect(children()).toHaveLength(1);
});

it('its CPU, its memory and its starts are told; CPU goes on where another takes over, memory goes with each', async () => {
  const { make, used, close } = await start();
  await waitFor('what it used till it was ready', () => used.cpuSeconds > 0);
  const first = { ...used };
  expect(first.starts).toBe(1);
  expect(first.bytes).toBeGreaterThan(10_000_000);
  await waitFor('what it uses later', () => used.cpuSeconds > first.cpuSeconds);
  const before = { ...used };
  await expect(make('/crash')).rejects.toMatchObject({ code: 'INTERNAL' });
  // The one that died, and the one for the image alone.
  expect(used).toMatchObject({ starts: 2, bytes: 0 });
  await make('/next');
  await waitFor('the memory of the next one', () => used.bytes > 0);
  expect(used.starts).toBe(3);
  expect(used.bytes).toBeLessThan(2 * before.bytes);
  expect(used.cpuSeconds).toBeGreaterThan(before.cpuSeconds);
  await close();
  expect(used.bytes).toBe(0);
});

it('a failure crosses with its code, its pause, its kind and its stages', async () => {
  const { make, stages } = await start();
  const failure = await make('/retry').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ProcessingError);
  expect(failure).toMatchObject({ code: 'HTTP_ERROR', message: 'Later.', retryable: true, retryAfterMs: 7 });
  expect(stages).toMatchObject([{ stage: 'fetch', seconds: 0.5, error: 'HTTP_ERROR' }]);
  await expect(make('/busy')).rejects.toBeInstanceOf(HostBusyError);
});

it('an image in hand is left when its signal says so', async () => {
  const { make } = await start();
  const stop = new AbortController();
  const slow = make('/slow', stop.signal);
  // What comes after it is made: it is in hand.
  await make('/any');
  stop.abort();
  await expect(slow).rejects.toThrow('left');
  await expect(make('/any', stop.signal)).rejects.toThrow('aborted');
});

it('what was stored is discarded by its keys, and once where the original was kept', async () => {
  const { make, deleted } = await start();
  const { result, discard } = await make('/any');
  await discard();
  expect(deleted).toEqual(['original', result.compressed.key]);
});

it('a process that does not start is told at the start', async () => {
  await expect(start({ failsWith: script })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

it('a start that fails while many wait is tried once for all of them, and fails no image for good', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pixelpress-apart-'));
  const failsWith = join(folder, 'fails');
  const { make } = await start({ failsWith });
  writeFileSync(failsWith, '');
  await expect(make('/crash')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  const waiting = await Promise.allSettled(Array.from({ length: 8 }, () => make('/any')));
  expect(waiting.map((each) => each.status === 'rejected' && each.reason.code)).toEqual(Array(8).fill('UNAVAILABLE'));
  rmSync(folder, { recursive: true });
  await Promise.all(Array.from({ length: 8 }, () => make('/any')));
  expect(children()).toHaveLength(1);
});

it('it has a lower priority than its maker, and is of its session, since Linux sets sessions against each other', async () => {
  await start();
  const [pid] = children().map((line) => Number.parseInt(line, 10));
  expect(getPriority(pid)).toBe(Math.max(10, getPriority()));
  const groupOf = (process: number | 'self' | undefined) => `/proc/${process}/autogroup`;
  if (existsSync(groupOf('self'))) {
    expect(readFileSync(groupOf(pid), 'utf8')).toBe(readFileSync(groupOf('self'), 'utf8'));
  }
});

it.each([
  [undefined, '3'],
  ['9', '9'],
])('where UV_THREADPOOL_SIZE is %s it has %s threads for two images at once', async (given, threads) => {
  const before = process.env['UV_THREADPOOL_SIZE'];
  if (given) process.env['UV_THREADPOOL_SIZE'] = given;
  try {
    await start();
    const [pid] = children().map((line) => Number.parseInt(line, 10));
    const environ = `/proc/${pid}/environ`;
    if (existsSync(environ)) {
      expect(readFileSync(environ, 'utf8').split('\0')).toContain(`UV_THREADPOOL_SIZE=${threads}`);
    }
  } finally {
    if (before === undefined) delete process.env['UV_THREADPOOL_SIZE'];
    else process.env['UV_THREADPOOL_SIZE'] = before;
  }
});

it('a process of an even lower priority starts all the same', async () => {
  const script = `import { fork } from 'node:child_process';
    import { setPriority } from 'node:os';
    setPriority(19);
    const child = fork('test/support/image-process.js', { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.send({ settings: {} });
    child.once('message', (message) => { console.log(message); child.kill('SIGKILL'); });`;
  const [command, args] = [process.execPath, ['--input-type=module', '-e', script]] as const;
  expect(execFileSync(command, args, { encoding: 'utf8' }).trim()).toBe('ready');
});
