import type { IncomingHttpHeaders } from 'node:http';
import { Router } from 'express';
import type { Config } from './config.js';
import type { Urls } from './domain/urls.js';
import { createApollo } from './graphql/apollo-server.js';
import type { GraphQLContext } from './graphql/context.js';
import { createLoaders } from './graphql/loaders.js';
import { createPresent } from './graphql/present.js';
import { createSchema } from './graphql/schema.js';
import { createSubscriptions } from './graphql/subscriptions.js';
import { createAuthenticate } from './http/authenticate.js';
import { createDashboard } from './http/dashboard.js';
import { createDownloads, createObjects } from './http/downloads.js';
import { createEvents } from './http/events.js';
import { createPlayground } from './http/playground.js';
import { createRest } from './http/rest.js';
import type { HttpServer } from './http/server.js';
import { serveWebSocket } from './http/websocket.js';
import type { RequestDeps } from './requests/deps.js';
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
  const { database, storage, log } = deps;
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
  const routes = Router();
  const apollo = await createApollo({ schema, limits: config.limits, log, contextFor });
  routes.use('/api', createEvents({ requests, urls, authenticate, stopping: stopping.signal }));
  routes.use('/api', createRest({ requests, database, urls, authenticate }));
  routes.use('/api', createDownloads({ requests, storage, authenticate }));
  routes.use('/objects', createObjects({ storage }));
  routes.use('/graphql', createPlayground({ endpoint: urls.graphql }));
  routes.use('/graphql', apollo.router);
  routes.use(createDashboard());
  const webSocket = serveWebSocket(http.server, '/graphql', createSubscriptions({ schema, log, contextFor }));
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
