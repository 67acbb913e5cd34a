import type { RequestHandler } from 'express';

/** For every answer; a page sets a policy of its own in place of this one. */
const HEADERS = new Map([
  ['content-security-policy', "frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'"],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-opener-policy', 'same-origin'],
]);

/** What browsers are told about every answer. TLS, and with it Strict-Transport-Security, is the proxy's. */
export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.setHeaders(HEADERS);
  next();
};
