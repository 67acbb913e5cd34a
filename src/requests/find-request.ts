import { notFound } from '../domain/errors.js';
import { parseRequestId } from '../domain/ids.js';
import type { RequestSnapshot } from '../models/request.js';
import type { RequestDeps } from './deps.js';

export type FindRequest = (owner: string, id: string) => Promise<RequestSnapshot>;

/** One request of this owner. @throws AppError NOT_FOUND, also where it is another's: that it is there is not told. */
export function createFindRequest({ database }: Pick<RequestDeps, 'database'>): FindRequest {
  return async (owner, id) => {
    const requestId = parseRequestId(id);
    const request = requestId && (await database.requests.findRequest(requestId));
    if (request?.owner !== owner) throw notFound('request');
    return request;
  };
}
