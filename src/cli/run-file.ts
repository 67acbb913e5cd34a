import { mkdir, realpath, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import pino from 'pino';
import { createApp } from '../app.js';
import { PixelpressClient, type UploadOptions } from '../client/index.js';
import { readConfig } from '../config.js';
import { lockDataDir } from '../lock-data-dir.js';
import { countThings } from './count-things.js';
import { EXIT } from './exit-code.js';
import { followRequest } from './follow-request.js';
import { nameResults, OUTPUT_NAME } from './name-results.js';
import type { Reporter } from './reporter.js';
import { sendFile } from './send-file.js';
import { UsageError } from './usage-error.js';

/** Everything in this process and in the folder, whatever engines and limits the environment names for the service. */
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
  RATE_LIMIT_UPLOADS_PER_MINUTE: '0',
  RATE_LIMIT_QUERIES_PER_MINUTE: '0',
};

export interface RunArguments {
  file: string;
  /** The folder of the results: the images, named by their products, and the output CSV that names them. */
  out: string;
  options: UploadOptions;
  reporter: Reporter;
  stop: AbortSignal;
}

/** Within the folder of the results, for as long as the work goes on. */
const WORK = '.pixelpress';

/** Works on one CSV in this process, without a service. Answers the exit code. @throws UsageError */
export async function runFile({ file, out, options, reporter, stop }: RunArguments): Promise<number> {
  const folder = resolve(out);
  const work = join(folder, WORK);
  const isNew = (await mkdir(folder, { recursive: true })) !== undefined;
  let isTaken = false;
  if (await isSameFile(file, join(folder, OUTPUT_NAME))) {
    throw new UsageError(`${file} is where the output CSV goes: name another folder with --out.`);
  }
  await removeLeft(work);
  const objectsUrl = pathToFileURL(join(work, 'objects')).href;
  const config = { ...readConfig({ ...process.env, ...EMBEDDED, DATA_DIR: work }), assetBaseUrl: objectsUrl };
  const app = await createApp(config, pino({ level: 'silent' }));
  try {
    const client = new PixelpressClient({ url: app.url });
    const { id } = await sendFile(client, reporter, file, options);
    isTaken = true;
    const farewell = () => `Stopped. What was made stays in ${folder}.`;
    const code = await followRequest(id, { client, reporter, stop, out: null, farewell });
    const count = await nameResults({ client, id, folder, objectsUrl });
    reporter.line(`${countThings(count, 'result')}${code === EXIT.stopped ? '' : ' and output.csv'} in ${folder}`);
    return code;
  } finally {
    await app.close();
    // What remains are the results; the database and the originals were a means.
    await rm(work, { recursive: true, force: true });
    // A refused file has no results.
    if (isNew && !isTaken) await rmdir(folder);
  }
}

/** Also where a link leads there. */
async function isSameFile(...paths: [string, string]): Promise<boolean> {
  const [one, other] = await Promise.all(paths.map((path) => realpath(path).catch(() => null)));
  return one !== null && one === other;
}

/** What a run left that was killed: its request would be worked off beside the new one. @throws StartError if in use */
async function removeLeft(work: string): Promise<void> {
  const lock = await lockDataDir(work);
  try {
    await rm(work, { recursive: true, force: true });
  } finally {
    await lock.close();
  }
}
