import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { Router } from 'express';
import { playgroundTabs } from './playground-tabs.js';

/** GraphiQL is one page with its scripts, styles and workers written into it; whatever it does, it asks this host only. */
const policyOf = (page: string) =>
  [
    "default-src 'none'",
    // Of inline scripts only those that the page came with; the editor makes its workers and checks of its own text.
    `script-src ${hashesOf(page)} 'unsafe-eval' blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

function hashesOf(page: string): string {
  const scripts = page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g);
  return [...scripts]
    .map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
    .join(' ');
}

/** GraphiQL for a browser that opens the endpoint, whole from this package: no other host is asked. */
export function createPlayground({ endpoint }: { endpoint: string }): Router {
  const page = renderGraphiQL({
    title: 'Pixelpress: GraphQL playground',
    subscriptionsProtocol: 'WS',
    defaultTabs: playgroundTabs(endpoint),
  });
  const policy = policyOf(page);
  const etag = `W/"${createHash('sha256').update(page).digest('base64url')}"`;
  // Nine megabytes, of which two are left: packed once, by the first who asks.
  let packed: Promise<Buffer> | null = null;
  const router = Router();
  router.get('/', async (request, response, next) => {
    if (request.query['query'] !== undefined || request.accepts(['json', 'html']) !== 'html') return next();
    response.set({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
      etag,
    });
    response.type('html').vary('Accept, Accept-Encoding');
    if (!request.acceptsEncodings('gzip')) {
      response.send(page);
      return;
    }
    packed ??= promisify(gzip)(page);
    response.set('content-encoding', 'gzip').send(await packed);
  });
  return router;
}
