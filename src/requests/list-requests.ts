import { decodeCursor, encodeCursor, type Page, type PageInput, pageSize, toPage } from '../domain/page.js';
import type { RequestStatus } from '../domain/request-status.js';
import type { RequestSnapshot } from '../models/request.js';
import type { RequestCursor } from '../models/request-queries.js';
import type { RequestDeps } from './deps.js';

export interface ListRequestsInput extends PageInput {
  status?: RequestStatus | null | undefined;
}

export type ListRequests = (owner: string, input: ListRequestsInput) => Promise<Page<RequestSnapshot>>;

/** Requests of this owner, newest first. @throws AppError BAD_USER_INPUT */
export function createListRequests({ database }: Pick<RequestDeps, 'database'>): ListRequests {
  return async (owner, input) => {
    const { size, backward } = pageSize(input);
    const requests = await database.requests.page({
      owner,
      status: input.status ?? null,
      after: cursor('after', input.after),
      before: cursor('before', input.before),
      limit: size + 1,
      from: backward ? 'oldest' : 'newest',
    });
    return toPage(requests, size, ({ createdAt, _id }) => encodeCursor(createdAt.getTime(), _id), input);
  };
}

function cursor(field: 'after' | 'before', text: string | null | undefined): RequestCursor | null {
  if (text === null || text === undefined) return null;
  const [time, id] = decodeCursor(field, text, /^(\d{1,15})\|([0-9a-f-]{36})$/);
  return { createdAt: new Date(Number(time)), id: id ?? '' };
}
