import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
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

interface Page {
  html: string;
  policy: string;
  etag: string;
  packed: Buffer;
}

/** Nine megabytes, of which two are left: read and packed for the first who asks, so that no start waits for it. */
async function makePage(endpoint: string): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'Pixelpress: GraphQL playground',
    subscriptionsProtocol: 'WS',
    defaultTabs: playgroundTabs(endpoint),
  });
  const etag = `W/"${createHash('sha256').update(html).digest('base64url')}"`;
  return { html, policy: policyOf(html), etag, packed: await promisify(gzip)(html) };
}

/** GraphiQL for a browser that opens the endpoint, whole from this package: no other host is asked. */
export function createPlayground({ endpoint }: { endpoint: string }): Router {
  let made: Promise<Page> | null = null;
  const router = Router();
  // Express would answer for the page alone; what is behind it takes operations too.
  router.options('/', (_request, response) => response.status(204).set('allow', 'GET, HEAD, POST').end());
  router.get('/', async (request, response, next) => {
    if (request.query['query'] !== undefined || request.accepts(['json', 'html']) !== 'html') return next();
    made ??= makePage(endpoint);
    const { html, policy, etag, packed } = await made;
    response.set({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
      etag,
    });
    response.type('html').vary('Accept, Accept-Encoding');
    if (request.acceptsEncodings('gzip')) response.set('content-encoding', 'gzip').send(packed);
    else response.send(html);
  });
  return router;
}
