import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import pino from 'pino';
import { createApp } from '../app.js';
import { PixelpressClient, type UploadOptions } from '../client/index.js';
import { readConfig } from '../config.js';
import { followRequest } from './follow-request.js';
import type { Reporter } from './reporter.js';
import { sendFile } from './send-file.js';

/** Everything in this process and in the folder, whatever engines the environment names for the service. */
const EMBEDDED = {
  HOST: '127.0.0.1',
  PORT: '0',
  ROLE: 'all',
  API_KEYS: '',
  PUBLIC_URL: '',
  MONGODB_URI: '',
  KAFKA_BROKERS: '',
  CONFLUENT_CLOUD_BOOTSTRAP_SERVERS: '',
  AWS_BUCKET_NAME: '',
};

export interface RunArguments {
  file: string;
  /** The folder of the results: the images, and the output CSV that names them. */
  out: string;
  options: UploadOptions;
  reporter: Reporter;
  stop: AbortSignal;
}

/** Works on one CSV in this process, without a service. Answers the exit code. */
export async function runFile({ file, out, options, reporter, stop }: RunArguments): Promise<number> {
  const folder = resolve(out);
  await mkdir(folder, { recursive: true });
  const config = {
    ...readConfig({ ...process.env, ...EMBEDDED, DATA_DIR: folder }),
    assetBaseUrl: pathToFileURL(join(folder, 'objects')).href,
  };
  const app = await createApp(config, pino({ level: 'silent' }));
  try {
    const client = new PixelpressClient({ url: app.url });
    const { id } = await sendFile(client, reporter, file, options);
    const farewell = () => `Stopped. What was made stays in ${folder}.`;
    return await followRequest(id, { client, reporter, stop, out: join(folder, 'output.csv'), farewell });
  } finally {
    await app.close();
    // What remains are the results; the database was a means.
    await rm(join(folder, 'database'), { recursive: true, force: true });
  }
}
