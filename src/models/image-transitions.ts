import type { ImageId, RequestId } from '../domain/ids.js';
import type { ImageStatus } from '../domain/image-status.js';
import type { ImageWarning } from '../domain/image-warning.js';
import { MAX_FINISHED_IMAGES } from '../domain/limits.js';
import type { ProcessingErrorCode } from '../domain/processing-error.js';
import type { Thousandths } from '../domain/similarity.js';
import type { ImageModel } from './database.js';
import type { Image, StoredImage } from './image.js';
import { type ImageFacts, readFacts } from './image-facts.js';
import { insertMissing } from './insert-missing.js';
import type { RequestSnapshot } from './request.js';

/** What a new image needs; the rest is at its start. */
export type NewImage = Pick<Image, '_id' | 'requestId' | 'seq' | 'sourceUrl' | 'options'>;

export interface ImageResult {
  original: StoredImage;
  compressed: StoredImage;
  keptOriginal: boolean;
  similarity?: Thousandths;
  warnings: ImageWarning[];
}

export interface CompletedImage {
  id: ImageId;
  claim: string;
  result: ImageResult;
}

export interface CancelledImages {
  count: number;
  /** The first hundred of them: no event names more. */
  first: ImageId[];
}

/** Every read and conditional write of images. A write answers whether it was made: false is another's right of way. */
export interface ImageTransitions {
  insertMissing(images: NewImage[]): Promise<void>;
  findImage(id: ImageId): Promise<Image | null>;
  findImages(ids: readonly ImageId[]): Promise<Image[]>;
  /** Images by `seq`, those after `after`, of which the first `offset` are passed over. */
  page(
    requestId: RequestId,
    status: ImageStatus | null,
    after: number,
    limit: number,
    offset?: number,
  ): Promise<Image[]>;
  count(requestId: RequestId, status: ImageStatus | null): Promise<number>;
  /** PENDING images that may be put on the bus, from `seq` on and below `expanded`. */
  findReleasable(requestId: RequestId, from: number, expanded: number, limit: number): Promise<Image[]>;
  /** PENDING images that were put on the bus and are not put back. */
  findReleased(requestId: RequestId, released: number, limit: number): Promise<Image[]>;

  /** PENDING, or PROCESSING with a lease that ran out -> PROCESSING, ours. Answers those that it took. */
  claimImages(ids: readonly ImageId[], claim: string, leaseUntil: Date): Promise<Image[]>;
  /** Claims that are still held hold on. @param held claims by their images */
  renewLeases(held: ReadonlyMap<ImageId, string>, leaseUntil: Date): Promise<void>;
  /** Answers which were still held: those are recorded. */
  completeImages(completed: readonly CompletedImage[]): Promise<ReadonlySet<ImageId>>;
  failImage(id: ImageId, claim: string, error: { code: ProcessingErrorCode; message: string }): Promise<boolean>;
  /** PROCESSING -> PENDING, off the bus until `notBefore`. @param counted whether this was one of its tries */
  deferImage(id: ImageId, claim: string, notBefore: Date, counted: boolean): Promise<boolean>;
  /** PROCESSING -> PENDING at a stop, as if it had not been taken. */
  handBackImage(id: ImageId, claim: string): Promise<boolean>;
  /** Whatever is not ended -> FAILED: a message about it could not be worked on. */
  failUnended(id: ImageId, error: { code: ProcessingErrorCode; message: string }): Promise<boolean>;

  findDue(now: Date, limit: number): Promise<Image[]>;
  /** A due image is on the bus again. */
  takeUpImage(id: ImageId, now: Date): Promise<boolean>;
  /** PROCESSING -> PENDING where the lease ran out before `now`, or whoever holds it if `now` is null. */
  releaseExpired(requestId: RequestId, now: Date | null): Promise<number>;
  /** PENDING -> CANCELLED; not those that were written too late, nor those that were opened again since it was `seen`. */
  cancelPending(seen: RequestSnapshot): Promise<CancelledImages>;
  /** FAILED -> PENDING, each of them once for a retry: what failed again since it was `seen` stays. */
  reopenFailed(seen: RequestSnapshot): Promise<number>;
  facts(seen: RequestSnapshot): Promise<ImageFacts>;
  /** How many are on the bus or in work, and how many are put back, of those below `released`. */
  flow(requestId: RequestId, released: number, facts: ImageFacts): Promise<{ inFlight: number; deferred: number }>;
  /** What an expansion wrote after its request had been cancelled: none of it was ever put on the bus. */
  deletePending(seen: RequestSnapshot): Promise<void>;
  deleteOfRequest(requestId: RequestId): Promise<void>;
}

const FRESH = {
  status: 'PENDING',
  attempts: 0,
  losses: 0,
  claim: null,
  leaseUntil: null,
  notBefore: null,
  original: null,
  compressed: null,
  keptOriginal: false,
  warnings: [],
  error: null,
} as const;
const UNCLAIMED = { claim: null, leaseUntil: null } as const;

export function createImageTransitions(model: ImageModel): ImageTransitions {
  const held = (id: ImageId, claim: string) => ({ _id: id, status: 'PROCESSING' as const, claim });
  const update = async (filter: object, change: object) =>
    (await model.updateOne(filter, change).exec()).modifiedCount === 1;
  const updateAll = async (filter: object, change: object) =>
    (await model.updateMany(filter, change).exec()).modifiedCount;
  const list = (filter: object, limit: number, sort: Record<string, 1> = { seq: 1 }, skip = 0) =>
    model.find(filter).sort(sort).skip(skip).limit(limit).lean<Image[]>().exec();

  return {
    insertMissing: (images) =>
      insertMissing(
        model.collection,
        images.map((image) => ({ ...image, ...FRESH })),
      ),
    findImage: (id) => model.findById(id).lean<Image>().exec(),
    findImages: (ids) =>
      model
        .find({ _id: { $in: [...ids] } })
        .lean<Image[]>()
        .exec(),
    page: (requestId, status, after, limit, offset = 0) =>
      list({ requestId, ...(status && { status }), seq: { $gt: after } }, limit, { seq: 1 }, offset),
    // By `seq`, which never changes: a scan by status may miss an image that moves on meanwhile.
    count: (requestId, status) =>
      model.countDocuments(status ? { requestId, status } : { requestId, seq: { $gte: 0 } }).exec(),
    findReleasable: (requestId, from, expanded, limit) =>
      list({ requestId, status: 'PENDING', seq: { $gte: from, $lt: expanded }, notBefore: null }, limit),
    findReleased: (requestId, released, limit) =>
      list({ requestId, status: 'PENDING', seq: { $lt: released }, notBefore: null }, limit),

    async claimImages(ids, claim, leaseUntil) {
      const take = async (asked: readonly ImageId[], filter: object, $inc: object) => {
        const change = { $set: { status: 'PROCESSING', claim, leaseUntil }, $inc };
        if (asked.length === 0 || (await updateAll({ _id: { $in: asked }, ...filter }, change)) === 0) return [];
        return list({ _id: { $in: asked }, claim }, asked.length);
      };
      const pending = await take(ids, { status: 'PENDING', notBefore: null }, { attempts: 1 });
      const taken = new Set(pending.map(({ _id }) => _id));
      const rest = ids.filter((id) => !taken.has(id));
      const expired = await take(rest, { status: 'PROCESSING', leaseUntil: { $lt: new Date() } }, { losses: 1 });
      return [...pending, ...expired];
    },
    async renewLeases(held, leaseUntil) {
      const filter = { _id: { $in: [...held.keys()] }, status: 'PROCESSING', claim: { $in: [...held.values()] } };
      await updateAll(filter, { $set: { leaseUntil } });
    },
    async completeImages(completed) {
      const writes = completed.map(({ id, claim, result }) => ({
        updateOne: {
          filter: held(id, claim),
          update: { $set: { status: 'COMPLETED' as const, ...UNCLAIMED, error: null, ...result } },
        },
      }));
      const { modifiedCount } = await model.collection.bulkWrite(writes, { ordered: false });
      if (modifiedCount === completed.length) return new Set(completed.map(({ id }) => id));
      const keys = completed.map(({ result }) => result.original.key);
      const recorded = await list(
        { _id: { $in: completed.map(({ id }) => id) }, 'original.key': { $in: keys } },
        keys.length,
      );
      return new Set(recorded.map(({ _id }) => _id));
    },
    failImage: (id, claim, error) => update(held(id, claim), { $set: { status: 'FAILED', ...UNCLAIMED, error } }),
    deferImage: (id, claim, notBefore, counted) =>
      update(held(id, claim), {
        $set: { status: 'PENDING', ...UNCLAIMED, notBefore },
        ...(!counted && { $inc: { attempts: -1 } }),
      }),
    handBackImage: (id, claim) =>
      update(held(id, claim), { $set: { status: 'PENDING', ...UNCLAIMED }, $inc: { attempts: -1 } }),
    failUnended: (id, error) =>
      update(
        { _id: id, status: { $in: ['PENDING', 'PROCESSING'] } },
        { $set: { status: 'FAILED', ...UNCLAIMED, notBefore: null, error } },
      ),

    findDue: (now, limit) => list({ notBefore: { $gt: new Date(0), $lte: now } }, limit, { notBefore: 1 }),
    takeUpImage: (id, now) =>
      update({ _id: id, status: 'PENDING', notBefore: { $lte: now } }, { $set: { notBefore: null } }),
    releaseExpired: (requestId, now) =>
      updateAll(
        { requestId, status: 'PROCESSING', ...(now && { leaseUntil: { $lt: now } }) },
        { $set: { status: 'PENDING', ...UNCLAIMED }, $inc: { attempts: -1, losses: 1 } },
      ),
    async cancelPending({ _id: requestId, flow, retries = 0 }) {
      const filter = { requestId, status: 'PENDING', seq: { $lt: flow.expanded }, ...beforeRetry(retries + 1) };
      const change = { $set: { status: 'CANCELLED', notBefore: null } };
      const found = await list(filter, MAX_FINISHED_IMAGES);
      // One by one: several may cancel at once, and each image is named by the one that cancelled it.
      const made = await Promise.all(found.map(({ _id }) => update({ ...filter, _id }, change)));
      const first = found.flatMap(({ _id }, index) => (made[index] ? [_id] : []));
      // One that comes back meanwhile is left to whoever put it back.
      const rest = found.length < MAX_FINISHED_IMAGES ? 0 : await updateAll(filter, change);
      return { count: first.length + rest, first };
    },
    reopenFailed: ({ _id, retries = 0 }) =>
      updateAll({ requestId: _id, status: 'FAILED', ...beforeRetry(retries) }, { $set: { ...FRESH, retry: retries } }),
    facts: (seen) => readFacts(model, seen),
    async flow(requestId, released, { processing }) {
      const deferred = await model.countDocuments({ notBefore: { $gt: new Date(0) }, requestId }).exec();
      const pending = await model.countDocuments({ requestId, status: 'PENDING', seq: { $lt: released } }).exec();
      return { inFlight: Math.max(0, pending - deferred) + processing, deferred };
    },
    async deletePending({ _id, flow }) {
      await model.deleteMany({ requestId: _id, status: 'PENDING', seq: { $gte: flow.expanded } }).exec();
    },
    async deleteOfRequest(requestId) {
      await model.deleteMany({ requestId }).exec();
    },
  };
}

/** Not opened again by this retry or a later one. */
function beforeRetry(retry: number): object {
  return { $or: [{ retry: null }, { retry: { $lt: retry } }] };
}
