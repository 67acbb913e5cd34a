import type { Request } from 'express';

/**
 * The pattern that was met (`/api/status/:requestId`), `other` for what has none: never a client's own words. Routers
 * are mounted one segment deep, and Express forgets where as soon as an error leaves one.
 */
export function routeOf({ route, originalUrl }: Request): string {
  const mount = /^\/[^/?]*/.exec(originalUrl)?.[0] ?? '';
  // What Apollo serves is a router without routes.
  if (!route) return mount === '/graphql' ? mount : 'other';
  const [path] = [route.path as string | string[]].flat();
  return path?.startsWith(mount) ? path : `${mount}${path}`;
}
