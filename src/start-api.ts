import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import compression from 'compression';
import { Router } from 'express';
import type { Config } from './config.js';
import type { Urls } from './domain/urls.js';
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
import { createOriginPolicy } from './http/origin-policy.js';
import { createPlayground } from './http/playground.js';
import { createRest } from './http/rest.js';
import type { HttpServer } from './http/server.js';
import { createTraceAnswers } from './http/trace-answers.js';
import { serveWebSocket } from './http/websocket.js';
import type { RequestDeps } from './requests/deps.js';
import { createPresentStatus } from './requests/present-status.js';
import type { Requests } from './requests/requests.js';
import { VERSION } from './version.js';

/** The part of a process that clients speak to. */
export async function startApi(
  config: Config,
  deps: RequestDeps,
  requests: Requests,
  urls: Urls,
  http: HttpServer,
): Promise<{ routes: Router; close(): Promise<void> }> {
  const { database, storage, log, metrics, tracing } = deps;
  const authenticate = createAuthenticate(config.apiKeys);
  const schema = createSchema();
  const present = createPresent(urls, config.retentionMs);
  const presentStatus = createPresentStatus(urls, config.retentionMs);
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
  const openStream = (request: IncomingMessage) => admission.openSocket(addressOf(request));
  const routes = Router();
  if (config.tracing) routes.use(['/api', '/objects', '/graphql'], createTraceAnswers(tracing));
  routes.use(origins.handler);
  routes.use(['/api', '/graphql'], admission.handler);
  const apollo = await createApollo({ schema, limits: config.limits, log, metrics, contextFor });
  routes.use('/api', createEvents({ requests, presentStatus, authenticate, openStream, stopping: stopping.signal }));
  routes.use('/api', createRest({ requests, database, urls, presentStatus, authenticate }));
  routes.use('/api', createDownloads({ requests, storage, authenticate }));
  routes.use('/objects', createObjects({ requests, storage, authenticate }));
  const pack = compression();
  // Who does not ask for it, as most programs, need not wait for its preparations: a sixth of a query's CPU.
  routes.use('/graphql', (request, response, next) => {
    if (request.headers['accept-encoding']) pack(request, response, next);
    else next();
  });
  routes.use('/graphql', createPlayground({ endpoint: urls.graphql }));
  routes.use('/graphql', apollo.router);
  routes.use(createDashboard());
  const count = (client: { address: string; owner: string | null }) => admission.count('query', client);
  const webSocket = serveWebSocket({
    server: http.server,
    path: '/graphql',
    operations: createSubscriptions({
      schema,
      log,
      metrics,
      contextFor,
      count,
      openSocket: admission.openOwnersSocket,
    }),
    allows: origins.allows,
    addressOf,
    openSocket: admission.openSocket,
    log,
  });
  return {
    routes,
    /** Ends what would never end by itself; what is being answered goes on. */
    async close() {
      stopping.abort();
      await webSocket.close();
      await apollo.close();
    },
  };
}
