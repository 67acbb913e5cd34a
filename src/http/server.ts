import { createServer, IncomingMessage, type Server, type ServerOptions, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type Router } from 'express';
import { AppError } from '../domain/errors.js';
import type { Log } from '../domain/log.js';
import type { Metrics } from '../domain/metrics.js';
import { createErrorHandler } from './errors.js';
import { createMeasureAnswers } from './measure-answers.js';
import { securityHeaders } from './security-headers.js';

/** How long open answers may take to end at a stop, in milliseconds. */
const DRAIN_MS = 10_000;
/** Between two looks for connections that have become idle, in milliseconds. */
const DRAIN_LOOK_MS = 100;

export interface HttpServer {
  server: Server;
  /** Begins to answer: until then every call is told that the service is starting. */
  serve(routes: readonly Router[]): void;
  /** Begins to take connections; answers the port, which is a free one where 0 was asked for. */
  listen(): Promise<number>;
  /** Takes no more connections, and ends when the open ones have. */
  close(): Promise<void>;
}

export interface HttpServerOptions {
  host: string;
  /** 0 is a free one. */
  port: number;
  /** For one whole upload, in milliseconds. */
  uploadTimeoutMs: number;
}

export function createHttpServer(
  { host, port, uploadTimeoutMs }: HttpServerOptions,
  { log, metrics }: { log: Log; metrics: Metrics },
): HttpServer {
  const app = express();
  app.disable('x-powered-by');
  // Files and pages bring their own; anything else is not to be kept by anyone, and a hash of it is for nothing.
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(createMeasureAnswers(metrics));
  app.use(securityHeaders);
  const routes = express.Router();
  let isServing = false;
  app.use((request, response, next) => {
    if (isServing) routes(request, response, next);
    else next(new AppError('UNAVAILABLE', 'The service is starting.'));
  });
  app.use((_request, _response, next) =>
    next(new AppError('NOT_FOUND', 'There is nothing at this path, or not by this method.')),
  );
  app.use(createErrorHandler(log));
  const server = createServer({ requestTimeout: uploadTimeoutMs, ...classesOf(app) }, app);
  return {
    server,
    serve(given) {
      for (const each of given) routes.use(each);
      isServing = true;
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
      const looking = setInterval(() => server.closeIdleConnections(), DRAIN_LOOK_MS);
      const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await closed;
      clearInterval(looking);
      clearTimeout(timer);
    },
  };
}

/**
 * Express turns each request and answer into its own by setting its prototype, and what V8 has learned of them is lost:
 * a third of a query's CPU (0028). Where Node makes them with that prototype, it is set to what it is.
 */
function classesOf(app: Express): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  class Request extends IncomingMessage {
    /** What the parser found in the headers. */
    declare asksToUpgrade: boolean | null;

    set upgrade(asks: boolean | null) {
      this.asksToUpgrade = asks;
    }
    /** Node hands a request that asks for any other protocol to who serves WebSockets: Java's client asks for h2c. */
    get upgrade() {
      return this.asksToUpgrade && (this.method === 'CONNECT' || /^websocket$/i.test(this.headers.upgrade ?? ''));
    }
  }
  class Response<R extends IncomingMessage> extends ServerResponse<R> {}
  app.request = Object.setPrototypeOf(Request.prototype, app.request);
  app.response = Object.setPrototypeOf(Response.prototype, app.response);
  return { IncomingMessage: Request, ServerResponse: Response };
}
