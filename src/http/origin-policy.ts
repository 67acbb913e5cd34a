import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import { AppError } from '../domain/errors.js';
import { parseUrl } from '../domain/parse-url.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** How long a browser may remember what a site may send, in seconds. */
const PREFLIGHT_MAX_AGE_S = 600;
const PREFLIGHT = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers':
    'Authorization, X-Api-Key, Content-Type, Idempotency-Key, Apollo-Require-Preflight, Last-Event-ID',
  'access-control-max-age': String(PREFLIGHT_MAX_AGE_S),
};
const EXPOSED = 'Location, Retry-After, Content-Disposition, ETag';

export interface OriginPolicyOptions {
  /** Origins of other sites whose pages may use the service (CORS_ORIGINS); `*` stands for all. */
  corsOrigins: readonly string[];
  publicUrl: string | null;
  /**
   * Only answer under names of this machine, or under `publicUrl`: a page of another site that lets its own name point
   * here (DNS rebinding) is of the same origin to a browser.
   */
  localNamesOnly: boolean;
}

export interface OriginPolicy {
  /** Whether the page that a request comes from may use the service; true where it comes from no page. */
  allows(headers: IncomingHttpHeaders): boolean;
  /** CORS for the sites that are named; nothing that changes anything for others. */
  handler: RequestHandler;
}

/** Which pages a browser may let speak to the service, over HTTP and WebSocket alike. */
export function createOriginPolicy({ corsOrigins, publicUrl, localNamesOnly }: OriginPolicyOptions): OriginPolicy {
  const named = (origin: string) => corsOrigins.includes('*') || corsOrigins.includes(origin);
  const own = publicUrl === null ? null : new URL(publicUrl);
  const knownHost = ({ host = '' }: IncomingHttpHeaders) =>
    !localNamesOnly || host === own?.host || isLocalName(host.replace(/:\d+$/, ''));
  const allows = (headers: IncomingHttpHeaders) => {
    const { origin, host } = headers;
    if (!knownHost(headers)) return false;
    if (origin === undefined || named(origin) || origin === own?.origin) return true;
    // The scheme is left out: behind a proxy that ends TLS, ours is another than the browser's.
    return parseUrl(origin)?.host === host;
  };
  return {
    allows,
    handler(request, response, next) {
      const { origin } = request.headers;
      if (corsOrigins.length > 0) response.vary('Origin');
      if (origin !== undefined && named(origin)) {
        response.set({ 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED });
        if (request.method === 'OPTIONS' && request.get('access-control-request-method')) {
          response.status(204).set(PREFLIGHT).end();
          return;
        }
      }
      const harmless = SAFE_METHODS.has(request.method) && knownHost(request.headers);
      if (!harmless && !allows(request.headers)) {
        throw new AppError('FORBIDDEN', 'Pages of this site may not use the service (CORS_ORIGINS, PUBLIC_URL).');
      }
      next();
    },
  };
}

function isLocalName(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
