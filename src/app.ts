import type { IncomingHttpHeaders } from 'node:http';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Router } from 'express';
import type { Config } from './config.js';
import type { Log } from './domain/log.js';
import { createUrls, type Urls } from './domain/urls.js';
import { startEmbeddedMongo } from './embedded-mongo/server.js';
import { createApollo } from './graphql/apollo-server.js';
import type { GraphQLContext } from './graphql/context.js';
import { createLoaders } from './graphql/loaders.js';
import { createPresent } from './graphql/present.js';
import { createSchema } from './graphql/schema.js';
import { createSubscriptions } from './graphql/subscriptions.js';
import { createAdmission } from './http/admission.js';
import { createAuthenticate } from './http/authenticate.js';
import { createClientAddress } from './http/client-address.js';
import { createDashboard } from './http/dashboard.js';
import { createDownloads, createObjects } from './http/downloads.js';
import { createEvents } from './http/events.js';
import { createHealth } from './http/health.js';
import { createOriginPolicy } from './http/origin-policy.js';
import { createPlayground } from './http/playground.js';
import { createRest } from './http/rest.js';
import { securityHeaders } from './http/security-headers.js';
import { createHttpServer, type HttpServer } from './http/server.js';
import { serveWebSocket } from './http/websocket.js';
import { createInProcessPubSub, createInProcessWorkQueue } from './messaging/in-process.js';
import { createProgressPublisher } from './messaging/progress-publisher.js';
import { connectDatabase } from './models/database.js';
import type { RequestDeps } from './requests/deps.js';
import { presentStatus } from './requests/present-status.js';
import { createRequests, type Requests } from './requests/requests.js';
import { createDiskStorage } from './storage/disk.js';
import { VERSION } from './version.js';

/** For compressing one image, in seconds. */
const COMPRESS_TIMEOUT_S = 60;
/** A host that takes longer than this for one image is not waited for, in milliseconds. */
const SLOW_HOST_MS = 2_000;
/** Connections to the database: the images in hand, and the api beside them. */
const EXTRA_CONNECTIONS = 16;

interface Closable {
  close(): Promise<void>;
}

export interface App extends Closable {
  /** Where the service is reached on this machine. */
  url: string;
  requests: Requests;
}

/**
 * Starts the service: engines, then workers, then servers; closed in the other order. The only place that names
 * concrete engines. Where a part does not start, those before it are closed again.
 */
export async function createApp(config: Config, log: Log): Promise<App> {
  const opened: Closable[] = [];
  const keep = <T extends Closable>(part: T): T => {
    opened.push(part);
    return part;
  };
  const close = async () => {
    for (const part of opened.splice(0).reverse()) await part.close();
  };
  try {
    const deps = await openEngines(config, log, keep);
    // The port is known before the URLs that hold it are given out: a free one may have been asked for.
    const requests = createRequests(deps);
    const http = createHttpServer({ host: config.host, port: config.port, log });
    const port = await http.listen();
    keep(http);
    const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
    const urls = createUrls(config.publicUrl ?? url, config.assetBaseUrl);
    keep(await startWork(config, deps, urls));
    for (const part of await serve(config, deps, requests, urls, http)) keep(part);
    log.info({ url }, 'ready');
    return { url, requests, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openEngines(config: Config, log: Log, keep: <T extends Closable>(part: T) => T): Promise<RequestDeps> {
  const uri = config.mongodbUri ?? keep(await startEmbeddedMongo({ dataDir: join(config.dataDir, 'database') })).uri;
  const database = keep(await connectDatabase(uri, { maxPoolSize: config.workerConcurrency + EXTRA_CONNECTIONS }));
  const storage = keep(createDiskStorage(join(config.dataDir, 'objects')));
  await storage.check();
  const queue = keep(createInProcessWorkQueue(log));
  const pubSub = keep(createInProcessPubSub(log));
  const progress = keep(createProgressPublisher(pubSub, log));
  return { database, storage, queue, pubSub, progress, limits: config.limits, log };
}

/** Loads what only a worker needs: sharp among it. */
async function startWork(config: Config, deps: RequestDeps, urls: Urls): Promise<Closable> {
  const [{ createAddressGuard }, { createFetchImage }, { createHostGate }, { createCompressImage }, { startWorkers }] =
    await Promise.all([
      import('./images/address-guard.js'),
      import('./images/fetch-image.js'),
      import('./images/host-gate.js'),
      import('./images/compress-image.js'),
      import('./workers/workers.js'),
    ]);
  const { fetchContact, webhookSecrets } = config.security;
  const userAgent = `Pixelpress/${VERSION}${fetchContact ? ` (+${fetchContact})` : ''}`;
  const guard = createAddressGuard({ allow: config.fetchAllow, perOrigin: config.limits.fetchPerHost });
  const workers = await startWorkers({
    ...deps,
    guard,
    userAgent,
    fetchImage: createFetchImage({ guard, limits: config.limits, userAgent }),
    compressImage: createCompressImage({ limits: config.limits, timeoutSeconds: COMPRESS_TIMEOUT_S }),
    hostGate: createHostGate({ perHost: config.limits.fetchPerHost, slowAfterMs: SLOW_HOST_MS }),
    cores: availableParallelism(),
    concurrency: config.workerConcurrency,
    // Messaging stays within this process, so nobody else works.
    alone: true,
    objectUrl: urls.object,
    secrets: webhookSecrets,
    present: (request) => presentStatus(request, urls),
  });
  return {
    async close() {
      await workers.close();
      await guard.close();
    },
  };
}

async function serve(
  config: Config,
  deps: RequestDeps,
  requests: Requests,
  urls: Urls,
  http: HttpServer,
): Promise<Closable[]> {
  const { database, storage, queue, log } = deps;
  const authenticate = createAuthenticate(config.apiKeys);
  const schema = createSchema();
  const present = createPresent(urls);
  const contextFor = (headers: IncomingHttpHeaders): GraphQLContext => {
    return {
      owner: authenticate(headers),
      requests,
      database,
      loaders: createLoaders(database),
      present,
      version: VERSION,
    };
  };
  const stopping = new AbortController();
  const { corsOrigins, trustedProxies, localNamesOnly, ...most } = config.security;
  const addressOf = createClientAddress(trustedProxies);
  const admission = createAdmission({ ...most, authenticate, addressOf });
  const origins = createOriginPolicy({ corsOrigins, publicUrl: config.publicUrl, localNamesOnly });
  const routes = Router();
  routes.use(securityHeaders, origins.handler);
  routes.use(['/api', '/graphql'], admission.handler);
  const apollo = await createApollo({ schema, limits: config.limits, log, contextFor });
  const isQueueReady = async () => {
    if (!(await queue.isReady())) throw new Error('the queue does not answer');
  };
  routes.use(
    createHealth({ database: () => database.check(), messaging: isQueueReady, storage: () => storage.check() }),
  );
  routes.use('/api', createEvents({ requests, urls, authenticate, stopping: stopping.signal }));
  routes.use('/api', createRest({ requests, database, urls, authenticate }));
  routes.use('/api', createDownloads({ requests, storage, authenticate }));
  routes.use('/objects', createObjects({ requests, storage, authenticate }));
  routes.use('/graphql', createPlayground());
  routes.use('/graphql', apollo.router);
  routes.use(createDashboard());
  const webSocket = serveWebSocket({
    server: http.server,
    path: '/graphql',
    operations: createSubscriptions({
      schema,
      log,
      contextFor,
      count: (client) => admission.count('query', client),
      openSocket: admission.openOwnersSocket,
    }),
    allows: origins.allows,
    addressOf,
    openSocket: admission.openSocket,
    log,
  });
  http.serve(routes);
  return [apollo, webSocket, { close: async () => stopping.abort() }];
}
