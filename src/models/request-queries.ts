import DataLoader from 'dataloader';
import type { RequestId } from '../domain/ids.js';
import { OPEN_STATUSES, type RequestStatus } from '../domain/request-status.js';
import type { RequestModel } from './database.js';
import type { Request, RequestSnapshot } from './request.js';

/** Requests read in one query. */
const MAX_BATCH = 500;

/** Where a page of requests begins: the place of one of them in the order newest first. */
export interface RequestCursor {
  createdAt: Date;
  id: string;
}

export interface RequestPage {
  owner: string;
  status: RequestStatus | null;
  /** Only older ones than this. */
  after: RequestCursor | null;
  /** Only newer ones than this. */
  before: RequestCursor | null;
  limit: number;
  /** Whether the page is taken from the newest on, or from the oldest on; it is always given newest first. */
  from: 'newest' | 'oldest';
}

/** Every read of requests. None of them shows a deleted one, but `findDeleted`, `isDeleted` and `findExisting`. */
export interface RequestQueries {
  findRequest(id: RequestId): Promise<RequestSnapshot | null>;
  findRequests(ids: readonly RequestId[]): Promise<RequestSnapshot[]>;
  /** That of an owner which was made under this key. */
  findUpload(owner: string, uploadKey: string): Promise<RequestSnapshot | null>;
  page(page: RequestPage): Promise<RequestSnapshot[]>;
  count(owner: string, status: RequestStatus | null): Promise<number>;
  /** Requests that have not ended, by id, those after `after`. */
  findOpen(after: string, limit: number): Promise<RequestSnapshot[]>;
  /** By when they were deleted: after `after`, and not after `until`. */
  findDeleted(after: Date, until: Date, limit: number): Promise<RequestSnapshot[]>;
  /** Marked as deleted: its document is still there. */
  isDeleted(id: RequestId): Promise<boolean>;
  /** By when they are to be gone, ended or not: after `after`, and not after `now`. */
  findExpired(after: Date, now: Date, limit: number): Promise<RequestSnapshot[]>;
  /** By when they ended: after `after`, and not after `until`. */
  findEnded(after: Date, until: Date, limit: number): Promise<RequestSnapshot[]>;
  /** Ended requests whose folder is due to be searched for objects that nothing names. */
  findSweepable(now: Date, limit: number): Promise<RequestSnapshot[]>;
  /** Those of the ids that have a document, deleted or not. */
  findExisting(ids: readonly RequestId[]): Promise<Set<RequestId>>;
}

export function createRequestQueries(model: RequestModel): RequestQueries {
  const many = (filter: object, sort: Record<string, 1 | -1>, limit: number) =>
    model.find(filter).sort(sort).limit(limit).lean<RequestSnapshot[]>().exec();
  const findRequests = (ids: readonly RequestId[]) =>
    model
      .find({ _id: { $in: [...ids] }, deletedAt: null })
      .lean<RequestSnapshot[]>()
      .exec();
  const byId = createById(findRequests);
  return {
    findRequest: (id) => byId.load(id),
    findRequests,
    findUpload: (owner, uploadKey) =>
      model.findOne({ owner, uploadKey, deletedAt: null }).lean<RequestSnapshot>().exec(),
    async page(page) {
      const order = page.from === 'newest' ? -1 : 1;
      const found = await many(pageFilter(page), { createdAt: order, _id: order }, page.limit);
      return page.from === 'newest' ? found : found.reverse();
    },
    count: (owner, status) => model.countDocuments({ owner, ...(status && { status }), deletedAt: null }).exec(),
    findOpen: (after, limit) =>
      many({ status: { $in: [...OPEN_STATUSES] }, _id: { $gt: after }, deletedAt: null }, { _id: 1 }, limit),
    findDeleted: (after, until, limit) => many({ deletedAt: between(after, until) }, { deletedAt: 1 }, limit),
    isDeleted: async (id) => (await model.exists({ _id: id, deletedAt: { $gt: new Date(0) } }).exec()) !== null,
    findExpired: (after, now, limit) =>
      many({ deletedAt: null, expiresAt: between(after, now) }, { expiresAt: 1 }, limit),
    findEnded: (after, until, limit) =>
      many({ deletedAt: null, finishedAt: between(after, until) }, { finishedAt: 1 }, limit),
    findSweepable: (now, limit) =>
      many({ deletedAt: null, sweepAt: { $gt: new Date(0), $lte: now } }, { sweepAt: 1 }, limit),
    async findExisting(ids) {
      const found = await model
        .find({ _id: { $in: [...ids] } }, { _id: 1 })
        .lean<Pick<Request, '_id'>[]>()
        .exec();
      return new Set(found.map(({ _id }) => _id));
    },
  };
}

/**
 * Many ask for one request each: what is asked for while a read is under way, or in one turn of the event loop, is read
 * in one query, which begins after all of them have asked. Nothing is kept.
 */
function createById(find: RequestQueries['findRequests']): DataLoader<RequestId, RequestSnapshot | null> {
  let reading: Promise<unknown> = Promise.resolve();
  const read = async (ids: readonly RequestId[]) => {
    const found = new Map((await find([...new Set(ids)])).map((request) => [request._id, request]));
    return ids.map((id) => found.get(id) ?? null);
  };
  return new DataLoader(
    (ids) => {
      const result = read(ids);
      reading = result.catch(() => undefined);
      return result;
    },
    {
      cache: false,
      batchScheduleFn: (next) => void reading.then(() => setImmediate(next)),
      maxBatchSize: MAX_BATCH,
    },
  );
}

function between(after: Date, until: Date): object {
  return { $gt: after, $lte: until };
}

function pageFilter(page: RequestPage): object {
  const beyond = (cursor: RequestCursor, comparison: '$lt' | '$gt') => ({
    // Says no more than the rest, but in a form that an index can begin at.
    createdAt: { [`${comparison}e`]: cursor.createdAt },
    $or: [
      { createdAt: { [comparison]: cursor.createdAt } },
      { createdAt: cursor.createdAt, _id: { [comparison]: cursor.id } },
    ],
  });
  const bounds = [page.after && beyond(page.after, '$lt'), page.before && beyond(page.before, '$gt')].filter(Boolean);
  return {
    owner: page.owner,
    ...(page.status && { status: page.status }),
    deletedAt: null,
    ...(bounds.length > 0 && { $and: bounds }),
  };
}
