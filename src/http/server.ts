import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Router } from 'express';
import { AppError, notFound } from '../domain/errors.js';
import type { Log } from '../domain/log.js';
import { createErrorHandler } from './errors.js';

/** How long open answers may take to end at a stop, in milliseconds. */
const DRAIN_MS = 5_000;

export interface HttpServer {
  server: Server;
  /** Begins to answer: until then every call is told that the service is starting. */
  serve(routes: Router): void;
  /** Begins to take connections; answers the port, which is a free one where 0 was asked for. */
  listen(): Promise<number>;
  /** Takes no more connections, and ends when the open ones have. */
  close(): Promise<void>;
}

export function createHttpServer({ host, port, log }: { host: string; port: number; log: Log }): HttpServer {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  let routes: Router | null = null;
  app.use((request, response, next) => {
    if (routes) routes(request, response, next);
    else next(new AppError('UNAVAILABLE', 'The service is starting.'));
  });
  app.use((_request, _response, next) => next(notFound('page')));
  app.use(createErrorHandler(log));
  const server = createServer(app);
  return {
    server,
    serve(given) {
      routes = given;
    },
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve((server.address() as AddressInfo).port);
        });
      }),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}
