import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { readConfig } from '../../src/config.js';
import { createS3Storage } from '../../src/storage/s3.js';
import { openMongo } from '../support/open-mongo.js';
import { type ServiceProcess, startProcess } from './processes.js';
import type { Random } from './random.js';

export type EngineName = 'kafka' | 'mongo' | 's3';

/** The service as it runs on one machine, or on several with engines of their own. */
export interface Cluster {
  /** Of the processes that answer clients now. */
  apiUrls(): string[];
  /** Those that work on images, whether they are up now or not. */
  workers(): string[];
  apis(): string[];
  /** Ends a process by a signal; another takes its place. Answers its exit code, or the signal that ended it. */
  end(name: string, signal: NodeJS.Signals): Promise<number | string | null>;
  /** The death of a decoder: the process that makes images for this worker gets SIGSEGV. */
  crashImages(name: string): void;
  addWorker(): Promise<void>;
  engine(action: 'kill' | 'start' | 'pause' | 'resume', name: EngineName): void;
  /** The keys of all stored objects. */
  listObjects(): Promise<string[]>;
  close(): Promise<void>;
}

export interface ClusterOptions {
  random: Random;
  /** `name:count`, for one of the working processes. */
  faultPoint: string | null;
  /** Seed of the order in which messages come twice. */
  duplicates: number | null;
  logFile: string;
}

/** How long a process that ended is away, in milliseconds. */
const AWAY_MS = 300;

export async function startEmbedded(options: ClusterOptions): Promise<Cluster> {
  const dataDir = mkdtempSync(join(tmpdir(), 'pixelpress-faults-'));
  const env = {
    DATA_DIR: dataDir,
    PORT: String(await freePort()),
    RECONCILE_EVERY_MS: '2000',
    UPLOAD_TIMEOUT_MS: '2000',
    FETCH_TIMEOUT_MS: '5000',
  };
  const supervised = supervise(options.logFile);
  await supervised.start('all', withFaults(env, options));
  const objects = join(dataDir, 'objects');
  return {
    ...supervised.cluster,
    apiUrls: () => supervised.urls(['all']),
    workers: () => ['all'],
    apis: () => ['all'],
    addWorker: () => Promise.reject(new Error('embedded engines are for one process')),
    engine: () => {
      throw new Error('embedded engines die with their process');
    },
    async listObjects() {
      const files = readdirSync(objects, { recursive: true, withFileTypes: true });
      return files
        .filter((file) => file.isFile() && !file.parentPath.endsWith('.unfinished'))
        .map((file) => relative(objects, join(file.parentPath, file.name)));
    },
    async close() {
      await supervised.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** @param command that brought up the engines whose variables are in the environment */
export async function startReal(options: ClusterOptions, command: string): Promise<Cluster> {
  const name = `run-${Date.now()}-${options.random.whole(0, 1e6)}`;
  const mongo = await openMongo(String(process.env['MONGODB_URI']));
  const uri = new URL(mongo.uri);
  uri.pathname = `/${name}`;
  const engines = pick(['KAFKA_BROKERS', 'S3_ENDPOINT', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']);
  const shared = { ...engines, MONGODB_URI: uri.href, AWS_BUCKET_NAME: name, KAFKA_TOPIC_PREFIX: name };
  const storage = await openBucket(shared);
  const ports = [await freePort(), await freePort()];
  const common = {
    ...shared,
    PUBLIC_URL: `http://127.0.0.1:${ports[0]}`,
    RECONCILE_EVERY_MS: '5000',
    UPLOAD_TIMEOUT_MS: '5000',
    FETCH_TIMEOUT_MS: '5000',
    WORKER_CONCURRENCY: '4',
  };
  const supervised = supervise(options.logFile);
  const apis = ports.map((port, index) => ({ name: `api${index}`, env: { ...common, ROLE: 'api', PORT: `${port}` } }));
  const worker = { ...common, ROLE: 'worker' };
  const workers = ['worker0', 'worker1', 'worker2'];
  await Promise.all([
    ...apis.map((api) => supervised.start(api.name, { first: api.env, later: api.env })),
    ...workers.map((each, index) =>
      supervised.start(
        each,
        index === 0 ? withFaults(worker, options) : withFaults(worker, { ...options, faultPoint: null }),
      ),
    ),
  ]);
  const apiNames = apis.map((api) => api.name);
  return {
    ...supervised.cluster,
    apiUrls: () => supervised.urls(apiNames),
    workers: () => workers,
    apis: () => apiNames,
    async addWorker() {
      const added = `worker${workers.length}`;
      workers.push(added);
      await supervised.start(added, { first: worker, later: worker });
    },
    engine: (action, engine) => {
      execFileSync(command, [action, engine], { stdio: 'ignore' });
    },
    async listObjects() {
      const keys: string[] = [];
      for await (const page of storage.list('')) keys.push(...page.map(({ key }) => key));
      return keys;
    },
    async close() {
      await supervised.close();
      await storage.close();
      await mongo.close();
    },
  };
}

type Env = Readonly<Record<string, string>>;
interface Envs {
  first: Env;
  /** Of those that take its place: a process kills itself once. */
  later: Env;
}

function withFaults(env: Env, { faultPoint, duplicates }: ClusterOptions): Envs {
  const later = { ...env, ...(duplicates !== null && { FAULT_DUPLICATES: String(duplicates) }) };
  return { first: { ...later, ...(faultPoint && { FAULT_POINT: faultPoint }) }, later };
}

/** Starts a process again whenever it ends, as what runs services does. */
function supervise(logFile: string) {
  const running = new Map<string, ServiceProcess>();
  const restarts = new Set<Promise<void>>();
  let closing = false;
  const start = async (name: string, { first, later }: Envs): Promise<void> => {
    const started = await startProcess(name, first, logFile);
    running.set(name, started);
    const restarted = started.exited.then(async () => {
      await new Promise((passed) => setTimeout(passed, AWAY_MS));
      if (!closing) await start(name, { first: later, later });
    });
    restarts.add(restarted.finally(() => restarts.delete(restarted)));
  };
  return {
    start,
    urls: (names: readonly string[]) => names.flatMap((name) => running.get(name)?.url ?? []),
    cluster: {
      async end(name: string, signal: NodeJS.Signals) {
        return (await running.get(name)?.kill(signal)) ?? null;
      },
      crashImages: (name: string) => running.get(name)?.crashImages(),
    },
    async close() {
      closing = true;
      await Promise.all([...running.values()].map((each) => each.kill('SIGTERM')));
      await Promise.all(restarts);
      // One may have been starting when all were ended.
      await Promise.all([...running.values()].map((each) => each.kill('SIGKILL')));
    },
  };
}

async function openBucket(env: Env) {
  const { s3 } = readConfig(env);
  if (!s3?.endpoint || !s3.credentials) throw new Error('the engines are not up');
  const client = new S3Client({
    region: s3.region,
    endpoint: s3.endpoint,
    forcePathStyle: true,
    credentials: s3.credentials,
  });
  await client.send(new CreateBucketCommand({ Bucket: s3.bucket }));
  client.destroy();
  return createS3Storage(s3);
}

function pick(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}
