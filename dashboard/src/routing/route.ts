import type { ImageStatus, RequestStatus } from '../generated/graphql.js';

/** What the address of the page says: a reload, a bookmark or a sent link shows the same thing. */
export type Route = ListRoute | RequestRoute | { page: 'unknown' };

export interface ListRoute {
  page: 'list';
  status: RequestStatus | null;
  after: string | null;
  before: string | null;
}

export interface RequestRoute {
  page: 'request';
  id: string;
  /** Only images in this state. */
  status: ImageStatus | null;
  /** The image that is open before and after. */
  image: string | null;
}

/** The list as it is first seen. */
export const HOME: ListRoute = { page: 'list', status: null, after: null, before: null };

const REQUEST_STATUSES: readonly RequestStatus[] = [
  'PENDING',
  'PROCESSING',
  'CANCELLING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
];
const IMAGE_STATUSES: readonly ImageStatus[] = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED'];

/** Reads the part of the address after `#`. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?', 2);
  const query = new URLSearchParams(search);
  if (path === '' || path === '/') {
    const status = oneOf(REQUEST_STATUSES, query.get('status'));
    return { page: 'list', status, after: query.get('after'), before: query.get('before') };
  }
  const id = decode(/^\/requests\/([^/]+)$/.exec(path)?.[1]);
  if (!id) return { page: 'unknown' };
  return {
    page: 'request',
    id,
    status: oneOf(IMAGE_STATUSES, query.get('status')),
    image: query.get('image'),
  };
}

/** The address of a route, as a link has it. */
export function hrefOf(route: ListRoute | RequestRoute): string {
  const { page: _page, ...rest } = route;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(rest)) if (name !== 'id' && value) query.set(name, value);
  const path = route.page === 'list' ? '#/' : `#/requests/${encodeURIComponent(route.id)}`;
  return query.size > 0 ? `${path}?${query}` : path;
}

/** Nothing where it cannot be read: an address may be cut off, or typed. */
function decode(part = ''): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

function oneOf<T extends string>(known: readonly T[], given: string | null): T | null {
  return known.find((each) => each === given) ?? null;
}
