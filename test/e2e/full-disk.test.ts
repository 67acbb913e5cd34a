import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetRequestDocument, RequestStatusDocument, UploadCsvDocument } from '../generated/graphql.js';
import { createGraphQLClient } from '../support/graphql-client.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { newDataDir, type Service, startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const MIB = 1024 * 1024;
const DISK_MIB = 48;
const IMAGES = 120;
/** More than any disk has: the largest number that can be set. */
const NEVER_FREE = String(Number.MAX_SAFE_INTEGER);
const isEmbedded = process.env['E2E_ENGINES'] !== 'real';

let origin: Origin;

beforeAll(async () => {
  origin = await startOrigin();
});
afterAll(() => origin.close());

const csvOf = (count: number, name: string) =>
  ['No,Name,Images', ...Array.from({ length: count }, (_, row) => `${row},Item,${origin.url}/${name}-${row}.jpg`)].join(
    '\n',
  );

async function upload({ url }: Service, csv: string) {
  const { data, errors } = await createGraphQLClient(url).upload(UploadCsvDocument, csv, { options: {} });
  return data?.uploadCsv.request?.id ?? String(errors?.[0]?.extensions?.['code']);
}

async function countsOf({ url }: Service, id: string) {
  const { request } = await createGraphQLClient(url).get(GetRequestDocument, { id });
  return request?.counts ?? { completed: 0, failed: 0 };
}

async function endOf({ url }: Service, id: string) {
  let last: { status: string; counts: object } | undefined;
  for await (const { data } of createGraphQLClient(url).subscribe(RequestStatusDocument, { id })) {
    last = data?.requestStatus.request;
  }
  return last;
}

const readiness = async ({ url }: Service) => {
  const response = await fetch(`${url}/readyz`);
  const { engines } = (await response.json()) as { engines: Record<string, string> };
  return { status: response.status, engines };
};

/** A disk of its own; null where that is not ours to make. */
function mountDisk(): { folder: string; unmount(): void } | null {
  const folder = mkdtempSync(join(tmpdir(), 'pixelpress-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
  return {
    folder,
    unmount() {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Fills the disk up to so many bytes. */
function fill(folder: string, leave: number): void {
  const filler = openSync(join(folder, 'filler'), 'w');
  const { bavail, bsize } = statfsSync(folder);
  try {
    for (let left = bavail * bsize - leave; left > 0; left -= MIB) writeSync(filler, Buffer.alloc(Math.min(MIB, left)));
    // What others freed or reserved meanwhile.
    while (leave === 0) writeSync(filler, Buffer.alloc(bsize));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
  closeSync(filler);
}

async function fillWhileItRuns(minFree: number, leave: number, whileFull: (service: Service) => Promise<void>) {
  const disk = mountDisk();
  if (!disk) return;
  const dataDir = join(disk.folder, 'data');
  mkdirSync(dataDir);
  const service = await startService({ MIN_FREE_DISK_BYTES: String(minFree), RECONCILE_EVERY_MS: '2000' }, dataDir);
  try {
    const id = await upload(service, csvOf(IMAGES, `full-${minFree}`));
    await waitFor('some images', async () => (await countsOf(service, id)).completed >= 10);
    fill(disk.folder, leave);
    await whileFull(service);
    const during = await countsOf(service, id);
    expect(during.completed).toBeLessThan(IMAGES);
    expect(during.failed).toBe(0);
    rmSync(join(disk.folder, 'filler'));
    expect(await endOf(service, id)).toMatchObject({
      status: 'COMPLETED',
      counts: { total: IMAGES, completed: IMAGES, failed: 0 },
    });
    await waitFor('it to be ready', async () => (await readiness(service)).status === 200);
    // The same process: it was not lost on the way.
    expect(service.process.exitCode).toBeNull();
  } finally {
    expect(await service.stop()).toBe(0);
    disk.unmount();
  }
}

if (isEmbedded) describe('a disk that is nearly full', diskTests);
else it('full disks are tested with the embedded engines', () => expect(isEmbedded).toBe(false));

function diskTests(): void {
  it('takes no uploads, says why, and goes on with what it has once there is room', async () => {
    const dataDir = newDataDir();
    const roomy = await startService({}, dataDir);
    const ended = await upload(roomy, csvOf(3, 'before'));
    expect(await endOf(roomy, ended)).toMatchObject({ status: 'COMPLETED' });
    roomy.process.kill('SIGTERM');
    await waitFor('its end', () => roomy.process.exitCode !== null);
    const full = await startService({ MIN_FREE_DISK_BYTES: NEVER_FREE }, dataDir);
    try {
      expect(await upload(full, csvOf(1, 'more'))).toBe('UNAVAILABLE');
      const form = new FormData();
      form.append('file', new Blob([csvOf(1, 'more')]), 'a.csv');
      const refused = await fetch(`${full.url}/api/upload`, { method: 'POST', body: form });
      expect(refused.status).toBe(503);
      expect(await refused.json()).toEqual({
        error: { code: 'UNAVAILABLE', message: 'The object store has no room left; try again later.' },
      });
      expect(await readiness(full)).toMatchObject({
        status: 503,
        engines: { database: 'full', messaging: 'ok', storage: 'full' },
      });
      // What is there is served, and may be removed.
      expect(await countsOf(full, ended)).toMatchObject({ completed: 3 });
      expect(existsSync(join(dataDir, 'objects/uploads', `${ended}.csv`))).toBe(true);
    } finally {
      await full.stop();
    }
  }, 60_000);

  it('that fills while a request runs pauses it before it is full, and loses nothing', async () => {
    await fillWhileItRuns(8 * MIB, 4 * MIB, async (service) => {
      await waitFor('the pause', async () => (await readiness(service)).engines['storage'] === 'full');
      expect(await upload(service, csvOf(1, 'refused'))).toBe('UNAVAILABLE');
    });
  }, 120_000);

  it('that others fill to its last byte ends no process, and loses nothing', async () => {
    await fillWhileItRuns(0, 0, async (service) => {
      await waitFor('a write that the disk does not take', () =>
        service.log.some((line) => line.includes('could not be committed')),
      );
    });
  }, 120_000);
}
