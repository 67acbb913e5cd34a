import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { newDataDir } from '../support/start-service.js';

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

describe('a start without its engines', () => {
  it.each<[string, string, Record<string, string>]>([
    ['MONGODB_URI', 'database', { MONGODB_URI: 'mongodb://127.0.0.1:1/x' }],
    ['KAFKA_BROKERS', 'broker', { KAFKA_BROKERS: '127.0.0.1:1' }],
    [
      'AWS_BUCKET_NAME',
      'bucket',
      {
        AWS_BUCKET_NAME: 'x',
        S3_ENDPOINT: 'http://127.0.0.1:1',
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
      },
    ],
  ])(
    'ends with a sentence that names %s',
    async (variable, engine, env) => {
      expect(await failedStart(env)).toMatch(
        new RegExp(`^The ${engine} that ${variable} names cannot be reached: .*ECONNREFUSED.*\\n$`),
      );
    },
    60_000,
  );
});
