import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { startRefusingS3 } from '../support/start-refusing-s3.js';
import { newDataDir, startService } from '../support/start-service.js';

/** What a start says that fails. */
async function failedStart(env: Record<string, string>): Promise<string> {
  const dataDir = newDataDir();
  const child = spawn(process.execPath, ['dist/main.js'], {
    env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  child.stderr.on('data', (text) => said.push(String(text)));
  const [code] = await once(child, 'exit');
  rmSync(dataDir, { recursive: true, force: true });
  expect(code).toBe(1);
  return said.join('');
}

const bucketAt = (endpoint: string) => ({
  AWS_BUCKET_NAME: 'x',
  AWS_REGION: 'us-east-1',
  S3_ENDPOINT: endpoint,
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
});

describe('a start without its engines', () => {
  it.each<[string, string, Record<string, string>]>([
    ['MONGODB_URI', 'database', { MONGODB_URI: 'mongodb://127.0.0.1:1/x' }],
    ['KAFKA_BROKERS', 'broker', { KAFKA_BROKERS: '127.0.0.1:1' }],
    ['AWS_BUCKET_NAME', 'bucket', bucketAt('http://127.0.0.1:1')],
  ])(
    'ends with a sentence that names %s',
    async (variable, engine, env) => {
      expect(await failedStart(env)).toMatch(
        new RegExp(`^The ${engine} that ${variable} names cannot be reached: .*ECONNREFUSED.*\\n$`),
      );
    },
    60_000,
  );

  it('ends with what the bucket said, where that denies', async () => {
    const s3 = await startRefusingS3({ status: 403, code: 'AccessDenied' });
    expect(await failedStart(bucketAt(s3.endpoint))).toBe(
      'The bucket that AWS_BUCKET_NAME names cannot be reached: no.\n',
    );
    await s3.close();
  });
});

describe('a start on a bucket that is full', () => {
  it('is a start: what is there can be read and removed, and /readyz says why nothing is taken', async () => {
    const s3 = await startRefusingS3({ status: 507, code: 'XMinioStorageFull' });
    const service = await startService(bucketAt(s3.endpoint));
    try {
      const ready = await fetch(`${service.url}/readyz`);
      expect(ready.status).toBe(503);
      expect(await ready.json()).toMatchObject({ engines: { storage: 'full' } });
    } finally {
      await service.stop();
      await s3.close();
    }
  });
});
