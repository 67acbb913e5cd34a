import { randomUUID } from 'node:crypto';
import { type Counts, endedImages } from '../domain/counts.js';
import type { RequestId } from '../domain/ids.js';
import type { ProcessingErrorCode } from '../domain/processing-error.js';
import { OPEN_STATUSES, TERMINAL_STATUSES, type TerminalStatus } from '../domain/request-status.js';
import type { Thousandths } from '../domain/similarity.js';
import type { RequestModel } from './database.js';
import type { ImageFacts } from './image-facts.js';
import { isDuplicateKey } from './insert-missing.js';
import type { Request, RequestSnapshot } from './request.js';

/** What one ended image adds. */
export interface CountIncrement {
  completed?: number;
  failed?: number;
  originalBytes?: number;
  compressedBytes?: number;
  similarity?: Thousandths | undefined;
}

export interface RequestEnd {
  status: TerminalStatus;
  outputKey: string | null;
  error: { code: ProcessingErrorCode; message: string } | null;
  sweepAt: Date;
}

/** Where the images of a request stand on their way through the bus. */
export interface FlowFacts {
  inFlight: number;
  deferred: number;
}

/**
 * Every conditional write of requests, named by its transition. Each answers the request as the write left it, or
 * null where the request was not in the state that the transition starts from.
 */
export interface RequestTransitions {
  /** Inserts; where the owner has used the upload key before, answers the request that it made. */
  createRequest(request: Request): Promise<RequestSnapshot>;
  /** PENDING -> PROCESSING */
  beginRequest(id: RequestId): Promise<RequestSnapshot | null>;
  /** Images below `expanded` are written. Refused once the total is known: what came after that is none of its images. */
  recordExpanded(id: RequestId, expanded: number): Promise<RequestSnapshot | null>;
  /** The file is read through: the total is known. */
  finishExpansion(id: RequestId, total: number): Promise<RequestSnapshot | null>;
  /** Counts ended images, unless a recount has come between: then null, and a recount is due. */
  countImages(id: RequestId, epoch: number, increments: readonly CountIncrement[]): Promise<RequestSnapshot | null>;
  /** Images from `from` up to `to` go on the bus, `count` of them. */
  releaseImages(id: RequestId, from: number, to: number, count: number): Promise<RequestSnapshot | null>;
  /** An image left the bus for a while (1), or came back (-1). False where the request has moved on: look at it anew. */
  countDeferred(id: RequestId, epoch: number, change: 1 | -1): Promise<boolean>;
  /** Writes the facts that were read for `seen` over what that says, if it is open and nothing was counted since. */
  recount(seen: RequestSnapshot, facts: ImageFacts, flow: FlowFacts): Promise<RequestSnapshot | null>;
  /** PENDING or PROCESSING -> CANCELLING */
  cancelRequest(id: RequestId): Promise<RequestSnapshot | null>;
  /** Ended, with failed images -> PROCESSING, reopening */
  reopenRequest(id: RequestId): Promise<RequestSnapshot | null>;
  /** The failed images are PENDING again, by the retry that was `seen`: the bus begins at the first. */
  finishReopening(seen: RequestSnapshot): Promise<RequestSnapshot | null>;
  /** PROCESSING or CANCELLING -> its end, if the counts still are what they were in `seen`. */
  finishRequest(seen: RequestSnapshot, end: RequestEnd): Promise<RequestSnapshot | null>;
  /** Ended -> deleted for every reader. */
  markDeleted(id: RequestId): Promise<RequestSnapshot | null>;
  /** Ended, and unchanged since it was `seen` -> deleted for every reader. */
  expireRequest(seen: RequestSnapshot): Promise<RequestSnapshot | null>;
  /** Removes the document of a request that was deleted before `before`. */
  removeDeleted(id: RequestId, before: Date): Promise<void>;
  /** Its folder was searched. */
  finishSweep(id: RequestId, sweepAt: Date): Promise<void>;
}

const OPEN = { $in: [...OPEN_STATUSES] };
const ENDED = { $in: [...TERMINAL_STATUSES] };

export function createRequestTransitions(model: RequestModel): RequestTransitions {
  const move = (filter: object, change: Change) =>
    model
      .findOneAndUpdate({ deletedAt: null, ...filter }, change, { returnDocument: 'after' })
      .lean<RequestSnapshot>()
      .exec();
  const step = (filter: object, change: Change) =>
    move(filter, { ...change, $inc: { revision: 1, ...change['$inc'] } });

  return {
    createRequest: (request) => createRequest(model, request),
    beginRequest: (id) =>
      step(
        { _id: id, status: 'PENDING' },
        { $set: { status: 'PROCESSING', startedAt: new Date(), 'rate.since': new Date() } },
      ),
    recordExpanded: (id, expanded) =>
      move(
        { _id: id, status: 'PROCESSING', 'counts.total': null },
        { $max: { 'flow.expanded': expanded }, $set: { 'flow.movedAt': new Date() } },
      ),
    finishExpansion: (id, total) =>
      step(
        { _id: id, status: { $in: ['PROCESSING', 'CANCELLING'] }, 'counts.total': null },
        { $set: { 'counts.total': total } },
      ),
    countImages: (id, epoch, increments) => {
      const sum = (of: (each: CountIncrement) => number | undefined) =>
        increments.reduce((all, each) => all + (of(each) ?? 0), 0);
      const similarities = increments.flatMap(({ similarity }) => similarity ?? []);
      const $inc = {
        'counts.completed': sum(({ completed }) => completed),
        'counts.failed': sum(({ failed }) => failed),
        'bytes.original': sum(({ originalBytes }) => originalBytes),
        'bytes.compressed': sum(({ compressedBytes }) => compressedBytes),
        'flow.inFlight': -increments.length,
      };
      const $set = { 'flow.movedAt': new Date() };
      if (similarities.length === 0) return step({ _id: id, epoch }, { $inc, $set });
      return step(
        { _id: id, epoch },
        {
          $inc: {
            ...$inc,
            'similarity.images': similarities.length,
            'similarity.sum': sum(({ similarity }) => similarity),
          },
          $min: { 'similarity.worst': Math.min(...similarities) },
          $set,
        },
      );
    },
    releaseImages: (id, from, to, count) =>
      move(
        { _id: id, status: 'PROCESSING', 'flow.released': from },
        { $set: { 'flow.released': to, 'flow.movedAt': new Date() }, $inc: { 'flow.inFlight': count } },
      ),
    async countDeferred(id, epoch, change) {
      const counted = { $inc: { 'flow.inFlight': -change, 'flow.deferred': change } };
      const { matchedCount } = await model.updateOne({ _id: id, epoch, status: 'PROCESSING' }, counted).exec();
      return matchedCount === 1;
    },
    recount: (seen, facts, flow) =>
      step(
        { _id: seen._id, status: OPEN, epoch: seen.epoch, revision: seen.revision },
        { $set: factsOf(facts, flow), $inc: { epoch: 1 } },
      ),
    cancelRequest: (id) =>
      step({ _id: id, status: { $in: ['PENDING', 'PROCESSING'] } }, { $set: { status: 'CANCELLING' } }),
    reopenRequest: (id) => reopenRequest(model, step, id),
    finishReopening: ({ _id, retries = null }) =>
      step(
        { _id, status: OPEN, reopening: true, retries },
        // Nothing of it is on the bus: what the recount took for that is what was put back just now.
        { $set: { reopening: false, 'flow.released': 0, 'flow.inFlight': 0, 'flow.deferred': 0 } },
      ),
    finishRequest: (seen, end) => step(unchanged(seen), { $set: endOf(seen, end) }),
    markDeleted: (id) => step({ _id: id, status: ENDED }, deletion(id)),
    expireRequest: ({ _id, revision }) => step({ _id, status: ENDED, revision }, deletion(_id)),
    async removeDeleted(id, before) {
      await model.deleteOne({ _id: id, deletedAt: { $gt: new Date(0), $lt: before } }).exec();
    },
    async finishSweep(id, sweepAt) {
      await model.updateOne({ _id: id, sweepAt }, { $set: { sweepAt: null } }).exec();
    },
  };
}

/** Its document stays for a while; its key is free at once. */
function deletion(id: RequestId): Change {
  return { $set: { deletedAt: new Date(), uploadKey: `deleted:${id}` } };
}

type Change = { $set?: object; $inc?: Record<string, number>; $max?: object; $min?: object };
type Step = (filter: object, change: Change) => Promise<RequestSnapshot | null>;

async function createRequest(model: RequestModel, request: Request): Promise<RequestSnapshot> {
  try {
    const created = await model.create(request);
    return created.toObject();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    const { owner, uploadKey } = request;
    const winner = await model.findOne({ owner, uploadKey }).lean<RequestSnapshot>().exec();
    if (!winner) throw error;
    return winner;
  }
}

/** Reads first: where the rate starts is one of the counts, and updates by pipeline are not had everywhere. */
async function reopenRequest(model: RequestModel, step: Step, id: RequestId): Promise<RequestSnapshot | null> {
  const seen = await model.findOne({ _id: id, deletedAt: null }).lean<RequestSnapshot>().exec();
  if (!seen) return null;
  return step(
    { _id: id, status: ENDED, 'counts.failed': { $gt: 0 }, revision: seen.revision },
    {
      $set: {
        status: 'PROCESSING',
        reopening: true,
        finishedAt: null,
        outputKey: null,
        error: null,
        sweepAt: null,
        'flow.movedAt': new Date(),
        rate: { since: new Date(), from: endedImages({ ...seen, reopening: true }) },
        ...(seen.webhook && { webhook: { ...seen.webhook, status: 'WAITING', messageId: null, attempts: 0 } }),
      },
      $inc: { retries: 1 },
    },
  );
}

function factsOf(facts: ImageFacts, flow: FlowFacts): object {
  return {
    ...(facts.total !== null && { 'counts.total': facts.total }),
    'counts.completed': facts.completed,
    'counts.failed': facts.failed,
    'counts.cancelled': facts.cancelled,
    'bytes.original': facts.originalBytes,
    'bytes.compressed': facts.compressedBytes,
    similarity: facts.similarity,
    'flow.inFlight': flow.inFlight,
    'flow.deferred': flow.deferred,
  };
}

/** The request is as it was when the end was decided: no count, recount, cancel or retry has come between. */
function unchanged(seen: RequestSnapshot): object {
  const { total, completed, failed, cancelled }: Counts = seen.counts;
  return {
    _id: seen._id,
    status: seen.status,
    epoch: seen.epoch,
    reopening: false,
    'counts.total': total,
    'counts.completed': completed,
    'counts.failed': failed,
    'counts.cancelled': cancelled,
  };
}

function endOf(seen: RequestSnapshot, end: RequestEnd): object {
  const now = new Date();
  return {
    ...end,
    finishedAt: now,
    ...(seen.webhook && {
      'webhook.status': 'PENDING',
      'webhook.messageId': randomUUID(),
      'webhook.nextAttemptAt': now,
    }),
  };
}
