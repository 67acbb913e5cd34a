import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import pino from 'pino';
import { createApp } from '../app.js';
import { readConfig } from '../config.js';
import { createClient } from './client.js';
import type { Reporter } from './reporter.js';
import { upload } from './upload.js';

export interface RunArguments {
  file: string;
  /** The folder of the results: the images, and the output CSV that names them. */
  out: string;
  options: object;
  reporter: Reporter;
}

/** Works on one CSV in this process, without a service. Answers the exit code. */
export async function runFile({ file, out, options, reporter }: RunArguments): Promise<number> {
  const folder = resolve(out);
  await mkdir(folder, { recursive: true });
  const config = {
    ...readConfig({ ...process.env, HOST: '127.0.0.1', PORT: '0', DATA_DIR: folder, API_KEYS: '' }),
    assetBaseUrl: pathToFileURL(join(folder, 'objects')).href,
  };
  const app = await createApp(config, pino({ level: 'silent' }));
  try {
    const client = createClient(app.url, null);
    return await upload({ client, file, options, watch: true, out: join(folder, 'output.csv'), reporter });
  } finally {
    await app.close();
    // What remains are the results; the database was a means.
    await rm(join(folder, 'database'), { recursive: true, force: true });
  }
}
