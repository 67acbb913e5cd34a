import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import compression from 'compression';
import { type Response, Router, static as serveFiles } from 'express';
import { AppError } from '../domain/errors.js';

/** What `npm run build` makes of the page. */
const FOLDER = fileURLToPath(new URL('../../dashboard/dist', import.meta.url));
/** Files whose names hold a hash of what is in them: what stands under such a name never changes. */
const HASHED = `${sep}assets${sep}`;
const HEADERS = new Map([
  [
    'content-security-policy',
    [
      "default-src 'self'",
      // The stored images may stand on another host (ASSET_BASE_URL, S3).
      "img-src 'self' https: http:",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  ],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
]);

/** The page at `/`, whole from this package. */
export function createDashboard(): Router {
  const router = Router();
  router.use(compression(), serveFiles(FOLDER, { cacheControl: false, setHeaders }));
  router.get('/', () => {
    throw new AppError('UNAVAILABLE', 'The dashboard has not been built: run npm run build.');
  });
  return router;
}

function setHeaders(response: Response, path: string): void {
  response.setHeaders(HEADERS);
  response.set('cache-control', path.includes(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache');
}
