import { once, setMaxListeners } from 'node:events';
import { type Request as HttpRequest, Router } from 'express';
import { AppError } from '../domain/errors.js';
import type { PresentStatus } from '../requests/present-status.js';
import type { Requests } from '../requests/requests.js';
import { type Authenticate, requireOwner } from './authenticate.js';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};
/** A comment line now and again, in milliseconds, keeps proxies from closing a silent stream. */
const KEEP_ALIVE_MS = 15_000;

interface Deps {
  requests: Requests;
  presentStatus: PresentStatus;
  authenticate: Authenticate;
  /** A place for one more stream of the client, and the way to leave it; null where it has all that it may. */
  openStream: (request: HttpRequest) => (() => void) | null;
  /** Aborted when the service stops. */
  stopping: AbortSignal;
}

/** The live status of a request as server-sent events: an event's id is the revision. */
export function createEvents({ requests, presentStatus, authenticate, openStream, stopping }: Deps): Router {
  const router = Router();
  // Each open stream listens.
  setMaxListeners(0, stopping);
  router.get('/status/:requestId/events', async (request, response) => {
    const owner = requireOwner(authenticate, request.headers);
    // Before the stream begins, so that an unknown id is answered with 404.
    await requests.findRequest(owner, request.params.requestId);
    if (request.method === 'HEAD') {
      response.writeHead(200, HEADERS).end();
      return;
    }
    const leavePlace = openStream(request);
    if (!leavePlace) throw new AppError('RATE_LIMITED', 'Too many streams at once; close one first.');
    response.on('close', leavePlace);
    const seen = Number(request.get('last-event-id') ?? 0) || 0;
    const events = requests.watchRequest(owner, request.params.requestId);
    const leave = () => void events.return?.();
    response.on('close', leave);
    stopping.addEventListener('abort', leave);
    response.writeHead(200, HEADERS);
    const keepAlive = setInterval(() => response.write(': still here\n\n'), KEEP_ALIVE_MS);
    try {
      for await (const { request: now } of events) {
        if (now.revision <= seen) continue;
        const data = JSON.stringify(presentStatus(now));
        if (!response.write(`id: ${now.revision}\ndata: ${data}\n\n`)) {
          await Promise.race([once(response, 'drain'), once(response, 'close')]);
        }
      }
    } finally {
      clearInterval(keepAlive);
      stopping.removeEventListener('abort', leave);
      response.end();
    }
  });
  return router;
}
