import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unavailable } from '../../src/domain/errors.js';
import { createDiskStorage } from '../../src/storage/disk.js';
import { createS3Storage } from '../../src/storage/s3.js';
import { collect } from '../support/collect.js';
import { startRefusingS3 } from '../support/start-refusing-s3.js';
import { startSilentS3 } from '../support/start-silent-s3.js';
import { waitFor } from '../support/wait-for.js';

/** A user who owns nothing. */
const NOBODY = 65_534;

const settingsOf = ({ endpoint }: { endpoint: string }) => ({
  bucket: 'bucket',
  region: 'us-east-1',
  endpoint,
  publicEndpoint: null,
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
});

async function openRefusingS3() {
  const s3 = await startRefusingS3();
  const storage = createS3Storage(settingsOf(s3));
  return {
    ...s3,
    storage,
    async close() {
      await storage.close();
      await s3.close();
    },
  };
}

describe('what an S3 refuses', () => {
  let s3: Awaited<ReturnType<typeof openRefusingS3>>;
  beforeEach(async () => {
    s3 = await openRefusingS3();
  });
  afterEach(() => s3.close());
  const put = () => s3.storage.put('requests/a/b.jpg', Buffer.from('x'));

  it.each([
    [403, 'AccessDenied', 'denied'],
    [403, 'InvalidAccessKeyId', 'denied'],
    [400, 'ExpiredToken', 'denied'],
    [403, 'QuotaExceeded', 'full'],
    [400, 'XMinioAdminBucketQuotaExceeded', 'full'],
    [507, 'XMinioStorageFull', 'full'],
    [404, 'NoSuchBucket', 'unreachable'],
    [503, 'SlowDown', 'unreachable'],
    [500, 'InternalError', 'unreachable'],
  ])('with %s %s passes: it is %s, whoever asks first', async (status, code, outage) => {
    s3.answer({ status, code });
    await expect(s3.storage.check()).rejects.toMatchObject({ code: 'UNAVAILABLE', outage });
    await expect(put()).rejects.toMatchObject({ code: 'UNAVAILABLE', outage });
  });

  it.each([
    [400, 'EntityTooLarge'],
    [400, 'InvalidRequest'],
    [412, 'PreconditionFailed'],
  ])('with %s %s is a fault of the object', async (status, code) => {
    s3.answer({ status, code });
    await expect(put()).rejects.not.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it.each([
    ['AccessDenied', 'denied'],
    ['InternalError', 'unreachable'],
  ])('with %s for one of the objects to be removed passes: it is %s', async (code, outage) => {
    s3.answer({ status: 200, code });
    await expect(s3.storage.delete(['requests/a/b.jpg'])).rejects.toMatchObject({ code: 'UNAVAILABLE', outage });
  });

  it('has no words for a head, and passes all the same', async () => {
    s3.answer({ status: 400, code: 'ExpiredToken' });
    const told = { code: 'UNAVAILABLE', outage: 'denied' };
    await expect(s3.storage.head('requests/a/output-1.csv')).rejects.toMatchObject(told);
  });

  it('a bucket that is gone is no object that is gone', async () => {
    s3.answer({ status: 404, code: 'NoSuchBucket' });
    await expect(s3.storage.get('requests/a/b.jpg')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('is remembered, and tried with an object of its own until the store takes something again', async () => {
    await s3.storage.ready();
    expect(s3.asked).toEqual([]);
    s3.answer({ status: 403, code: 'AccessDenied' });
    await expect(put()).rejects.toMatchObject({ outage: 'denied' });
    const asked = s3.asked.length;
    for (let image = 0; image < 20; image++) {
      await expect(s3.storage.ready()).rejects.toMatchObject({ outage: 'denied' });
    }
    expect(s3.asked).toHaveLength(asked);
    s3.answer(null);
    await waitFor('the store to be ready', () =>
      s3.storage.ready().then(
        () => true,
        () => false,
      ),
    );
    expect(s3.asked.slice(asked)).toEqual([
      'PUT /bucket/pixelpress-probe.txt',
      expect.stringMatching(/^POST \/bucket/),
    ]);
  });
});

describe('an S3 that knows none of the newer checksums', () => {
  it('is asked to remove objects with Content-MD5 alone', async () => {
    const s3 = await openRefusingS3();
    await s3.storage.delete(['requests/a/b.jpg', 'requests/a/c.jpg']);
    const { headers = {}, body = '' } = s3.last() ?? {};
    expect(body).toContain('requests/a/c.jpg');
    expect(headers['content-md5']).toBe(createHash('md5').update(body).digest('base64'));
    expect(Object.keys(headers).filter((name) => name.includes('checksum'))).toEqual([]);
    expect(headers.authorization).toMatch(/SignedHeaders=[^,]*content-md5/);
    await s3.close();
  });
});

describe('an S3 that is silent', () => {
  const SILENCE_MS = 250;
  let s3: Awaited<ReturnType<typeof startSilentS3>>;
  let storage: ReturnType<typeof createS3Storage>;
  beforeEach(async () => {
    s3 = await startSilentS3();
    storage = createS3Storage(settingsOf(s3), SILENCE_MS);
  });
  afterEach(async () => {
    await storage.close();
    await s3.close();
  });
  const sizeOf = async (body: AsyncIterable<Uint8Array>) => {
    let bytes = 0;
    for await (const chunk of body) bytes += chunk.length;
    return bytes;
  };

  it.each([
    ['put', () => storage.put('requests/a/b.jpg', Buffer.from('x'))],
    ['get', () => storage.get('requests/a/b.jpg')],
    ['head', () => storage.head('requests/a/b.jpg')],
    ['delete', () => storage.delete(['requests/a/b.jpg'])],
    ['check', () => storage.check()],
  ])('is away: %s does not wait for ever', async (_name, call) => {
    await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', outage: 'unreachable' });
  });

  it('is away also in the middle of an object', async () => {
    const { body } = await storage.get('requests/a/half.jpg');
    await expect(sizeOf(body)).rejects.toMatchObject({ code: 'UNAVAILABLE', outage: 'unreachable' });
  });

  it('whose connection breaks in the middle of an object is away too', async () => {
    const { body } = await storage.get('requests/a/broken.jpg');
    await expect(sizeOf(body)).rejects.toMatchObject({ code: 'UNAVAILABLE', outage: 'unreachable' });
  });

  it('is told from a reader who takes his time', async () => {
    const { bytes, body } = await storage.get('requests/a/whole.jpg');
    for await (const first of body.iterator({ destroyOnReturn: false })) {
      expect(first.length).toBeLessThan(bytes);
      break;
    }
    // As long as two silences, in which nothing is read.
    for (let silence = 0; silence < 2; silence++) {
      await expect(sizeOf((await storage.get('requests/a/half.jpg')).body)).rejects.toThrow();
    }
    expect(await sizeOf(body)).toBeGreaterThan(bytes / 2);
  });
});

describe('what another process met', () => {
  it('is known to check till something can be stored', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pixelpress-outage-'));
    const storage = createDiskStorage(folder);
    await storage.check();
    storage.noteOutage(unavailable('object store', undefined, 'denied'));
    await expect(storage.check()).rejects.toMatchObject({ outage: 'denied' });
    await waitFor('the store to be ready', () =>
      storage.check().then(
        () => true,
        () => false,
      ),
    );
    rmSync(folder, { recursive: true });
  });
});

describe('what another engine refuses to a source of bytes', () => {
  it('is no outage of the store', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pixelpress-outage-'));
    const storage = createDiskStorage(folder);
    async function* rows() {
      yield Buffer.from('a,b');
      throw unavailable('database', undefined, 'denied');
    }
    await expect(storage.put('requests/a/output-1.csv', rows())).rejects.toMatchObject({ engine: 'database' });
    await storage.ready();
    await storage.check();
    rmSync(folder, { recursive: true });
  });
});

describe('what a disk refuses', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pixelpress-outage-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('passes where there is too little room, and what is there can be read and removed', async () => {
    let isRoomy = true;
    const storage = createDiskStorage(folder, async () => isRoomy);
    await storage.put('requests/a/b.jpg', Buffer.from('x'));
    isRoomy = false;
    await expect(storage.put('requests/a/c.jpg', Buffer.from('x'))).rejects.toMatchObject({ outage: 'full' });
    await expect(storage.check()).rejects.toMatchObject({ outage: 'full' });
    expect(await storage.head('requests/a/b.jpg')).not.toBeNull();
    await storage.delete(['requests/a/b.jpg']);
    isRoomy = true;
    await waitFor('the store to be ready', () =>
      storage.check().then(
        () => true,
        () => false,
      ),
    );
  });

  it('passes where the service may not write', async () => {
    const storage = createDiskStorage(folder);
    const isRoot = process.getuid?.() === 0;
    // Root may write anywhere but on a disk that takes nothing.
    if (isRoot) execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]);
    await storage.put('requests/a/a.jpg', Buffer.from('x'));
    if (isRoot) execFileSync('mount', ['-o', 'remount,ro', folder]);
    else chmodSync(join(folder, '.unfinished'), 0o500);
    try {
      await expect(storage.put('requests/a/b.jpg', Buffer.from('x'))).rejects.toMatchObject({ outage: 'denied' });
      await expect(storage.check()).rejects.toMatchObject({ outage: 'denied' });
      expect(await storage.head('requests/a/a.jpg')).not.toBeNull();
    } finally {
      if (isRoot) execFileSync('umount', [folder]);
      else chmodSync(join(folder, '.unfinished'), 0o700);
    }
  });

  it('passes where the service may not read', async () => {
    const storage = createDiskStorage(folder);
    await storage.put('requests/a/a.jpg', Buffer.from('x'));
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'requests/a/a.jpg'), 0o000);
    chmodSync(join(folder, 'requests/a'), 0o311);
    // Root may read everything.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(NOBODY);
    try {
      const told = { code: 'UNAVAILABLE', outage: 'denied' };
      await expect(storage.get('requests/a/a.jpg')).rejects.toMatchObject(told);
      await expect(collect(storage.list('requests/a/'))).rejects.toMatchObject(told);
      await expect(collect(storage.folders('requests/a/'))).rejects.toMatchObject(told);
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(join(folder, 'requests/a'), 0o755);
    }
  });
});
