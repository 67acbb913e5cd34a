import { join } from 'node:path';
import type { Router } from 'express';
import { checkDataVersion } from './check-data-version.js';
import type { Config } from './config.js';
import { UnavailableError, unavailable } from './domain/errors.js';
import type { Log } from './domain/log.js';
import type { Telemetry } from './domain/telemetry.js';
import { NO_TRACING, type Tracing } from './domain/tracing.js';
import { createUrls } from './domain/urls.js';
import { createFreeSpace } from './free-space.js';
import { holdLease } from './hold-lease.js';
import { createAuthenticate } from './http/authenticate.js';
import { createHealth } from './http/health.js';
import { createHttpServer, type HttpServer } from './http/server.js';
import { lockDataDir } from './lock-data-dir.js';
import { createProgressPublisher } from './messaging/progress-publisher.js';
import type { PubSub } from './messaging/pub-sub.js';
import type { WorkQueue } from './messaging/work-queue.js';
import { checkMigrated } from './migrate/migration-mark.js';
import { connectDatabase, type Database } from './models/database.js';
import { checkEngines } from './observation/check-engines.js';
import { createPrometheus, type Prometheus } from './observation/prometheus.js';
import { tagLog } from './observation/tag-log.js';
import { openStorage } from './open-storage.js';
import { reachEngine } from './reach-engine.js';
import type { RequestDeps } from './requests/deps.js';
import { createRequests, type Requests } from './requests/requests.js';
import type { ObjectStorage } from './storage/object-storage.js';
import { VERSION } from './version.js';

/** Connections to the database: the images in hand, and the api beside them. */
const EXTRA_CONNECTIONS = 16;

interface Closable {
  close(): Promise<void>;
}

export interface App extends Closable {
  /** Where the service is reached on this machine. */
  url: string;
  /** What clients can ask; null in a worker. */
  requests: Requests | null;
}

/** What stands behind the ports. */
export interface Engines {
  database: Database;
  storage: ObjectStorage;
  queue: WorkQueue;
  pubSub: PubSub;
}

/** Puts something of the caller's around the engines: the tests of faults cut in there. */
export type WrapEngines = (engines: Engines) => Engines;

type HasRoom = () => Promise<boolean>;

/** Notes what is to be closed at the end, in the other order. */
type Keep = <T extends Closable>(part: T) => T;

/**
 * Starts one process: engines, then workers, then servers, as far as its role has them; closed in the other order.
 * Names the concrete engines, as `open-storage` does those of storage, each loaded only where it is used. Where a part does not start, those
 * before it are closed again.
 */
export async function createApp(config: Config, log: Log, wrap: WrapEngines = (engines) => engines): Promise<App> {
  const opened: Closable[] = [];
  const keep: Keep = (part) => {
    opened.push(part);
    return part;
  };
  const closeAll = async () => {
    for (const part of opened.splice(0).reverse()) await part.close();
  };
  try {
    const prometheus = createPrometheus({ version: VERSION, role: config.role });
    const tracing = config.tracing ? keep(await openTracing(log)) : NO_TRACING;
    const telemetry = { log: tagLog(log, tracing), metrics: prometheus.metrics, tracing };
    const engines = wrap(await openEngines(config, telemetry, keep));
    const progress = keep(createProgressPublisher(engines.pubSub, telemetry.log));
    const deps: RequestDeps = { ...engines, progress, limits: config.limits, ...telemetry };
    // The port is known before the URLs that hold it are given out: a free one may have been asked for.
    const http = createHttpServer(config, telemetry);
    const port = await http.listen();
    keep(http);
    const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
    const health = createHealthOf(config, deps, prometheus);
    const { requests, close } = await startRole(config, deps, http, { url, health });
    keep({ close });
    log.info({ url, role: config.role }, 'ready');
    return { url, requests, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** OpenTelemetry is loaded only where traces are asked for. */
async function openTracing(log: Log): Promise<Tracing & Closable> {
  return (await import('./observation/open-tracing.js')).openTracing({ version: VERSION, log });
}

async function openEngines(config: Config, telemetry: Telemetry, keep: Keep): Promise<Engines> {
  const { dataDir, kafka, mongodbUri } = config;
  if (!mongodbUri || !config.s3) {
    keep(await lockDataDir(dataDir));
    checkDataVersion(dataDir);
  }
  const hasRoom = createFreeSpace(dataDir, config.minFreeDiskBytes);
  const uri = mongodbUri ?? (await startDatabase(join(dataDir, 'database'), hasRoom, keep)).uri;
  const maxPoolSize = config.workerConcurrency + EXTRA_CONNECTIONS;
  const connecting = connectDatabase(uri, { maxPoolSize });
  const connected = keep(await reachEngine('database', mongodbUri && 'MONGODB_URI', connecting));
  await reachEngine('database', mongodbUri && 'MONGODB_URI', checkMigrated(connected.settings));
  const { log } = telemetry;
  connected.indexesBuilt().then(
    () => log.info({}, 'indexes built'),
    (error) => log.error({ error }, 'indexes not built: queries are slow, and the next start tries again'),
  );
  const database = mongodbUri ? connected : checkingRoom(connected, hasRoom);
  const storage = keep(await openStorage(config));
  await reachEngine('bucket', config.s3 && 'AWS_BUCKET_NAME', unlessFull(storage.check(), log));
  if (mongodbUri && !kafka) keep(await holdLease(database, 'in-process messaging', telemetry.log));
  const { queue, pubSub } = await reachEngine('broker', kafka && 'KAFKA_BROKERS', openMessaging(config, telemetry));
  keep(pubSub);
  keep(queue);
  return { database, storage, queue, pubSub };
}

/** A service whose store is full starts: what is there can be read and removed. */
async function unlessFull(check: Promise<void>, log: Log): Promise<void> {
  return check.catch((error: unknown) => {
    if (!(error instanceof UnavailableError) || error.outage !== 'full') throw error;
    log.error({ error }, 'the object store is full; nothing new is taken');
  });
}

async function startDatabase(dataDir: string, hasRoom: HasRoom, keep: Keep) {
  const { startEmbeddedMongo } = await import('./embedded-mongo/server.js');
  return keep(await startEmbeddedMongo({ dataDir, hasRoom }));
}

/** An embedded database answers though its disk is full, but takes nothing new. */
function checkingRoom(database: Database, hasRoom: HasRoom): Database {
  return {
    ...database,
    async check() {
      await database.check();
      if (!(await hasRoom())) throw unavailable('database', undefined, 'full');
    },
  };
}

async function openMessaging({ kafka }: Config, telemetry: Telemetry): Promise<Pick<Engines, 'queue' | 'pubSub'>> {
  if (kafka) return (await import('./messaging/kafka.js')).createKafkaMessaging(kafka, telemetry);
  const { createInProcessPubSub, createInProcessWorkQueue } = await import('./messaging/in-process.js');
  return { queue: createInProcessWorkQueue(telemetry), pubSub: createInProcessPubSub(telemetry.log) };
}

/** Loads and starts what the role has: an api process makes no images, a worker has no GraphQL. */
async function startRole(
  config: Config,
  deps: RequestDeps,
  http: HttpServer,
  { url, health }: { url: string; health: Router },
) {
  const urls = createUrls(config.publicUrl ?? url, config.assetBaseUrl);
  const hasWorker = config.role !== 'api';
  const hasApi = config.role !== 'worker';
  const requests = hasApi ? await createRequests(deps) : null;
  // Side by side: the process for images starts while the schema is built.
  const worker = hasWorker && import('./start-worker.js').then(({ startWorker }) => startWorker(config, deps, urls));
  const api = requests && import('./start-api.js').then((it) => it.startApi(config, deps, requests, urls, http));
  const parts = await Promise.allSettled([worker, api]);
  const started = parts.flatMap((part) => (part.status === 'fulfilled' && part.value ? [part.value] : []));
  const failed = parts.find((part) => part.status === 'rejected');
  if (failed) {
    await Promise.all(started.map((part) => part.close()));
    throw failed.reason;
  }
  http.serve([health, ...started.flatMap((part) => ('routes' in part ? [part.routes] : []))]);
  return {
    requests,
    /** Nothing new is taken; what is in hand ends, or is handed back. */
    async close() {
      await Promise.all([...started.map((part) => part.close()), http.close()]);
    },
  };
}

/** What an operator asks of every role. */
function createHealthOf(config: Config, { database, queue, storage }: RequestDeps, prometheus: Prometheus): Router {
  const engines = () =>
    checkEngines({
      database: () => database.check(),
      messaging: () => queue.check(),
      storage: () => storage.check(),
    });
  prometheus.ask({ queueLag: () => queue.lag(), engines });
  const { metricsToken } = config.security;
  return createHealth({
    checkEngines: engines,
    metrics: prometheus,
    authenticateScraper: createAuthenticate(new Map(metricsToken ? [['metrics', metricsToken]] : [])),
  });
}
