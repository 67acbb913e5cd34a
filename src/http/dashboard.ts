import { fileURLToPath } from 'node:url';
import { Router, static as serveFiles } from 'express';

const FOLDER = fileURLToPath(new URL('../../dashboard', import.meta.url));
const HEADERS = {
  'content-security-policy': "default-src 'self'; img-src 'self' https: http:; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** The page at `/`. */
export function createDashboard(): Router {
  const router = Router();
  router.use(serveFiles(FOLDER, { setHeaders: (response) => response.setHeaders(new Map(Object.entries(HEADERS))) }));
  return router;
}
