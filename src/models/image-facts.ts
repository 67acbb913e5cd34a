import type { ImageStatus } from '../domain/image-status.js';
import { IDENTICAL, type SimilarityCounts, type Thousandths } from '../domain/similarity.js';
import type { ImageModel } from './database.js';
import type { RequestSnapshot } from './request.js';

/** What the images of a request say when they are asked themselves. */
export interface ImageFacts {
  completed: number;
  failed: number;
  cancelled: number;
  processing: number;
  /** Of those that were written; null where the request knows it, or does not yet. */
  total: number | null;
  originalBytes: number;
  compressedBytes: number;
  similarity: SimilarityCounts;
}

/**
 * One sum in each pipeline: FerretDB gives the second one of a group as 0. The counts before the sums: an image that
 * ends in between is in the sums alone, and what it then adds to the counts comes with an old epoch and leads to another
 * recount. The other way round a request could end by counts that have an image which its sums lack.
 */
export async function readFacts(model: ImageModel, seen: RequestSnapshot): Promise<ImageFacts> {
  const { _id: requestId, flow } = seen;
  const sum = async <Group>(filter: object, by: string | null, term: 1 | string) => {
    const groups = await model
      .aggregate<{ _id: Group; sum: number }>([
        { $match: { requestId, ...filter } },
        { $group: { _id: by, sum: { $sum: term } } },
      ])
      .exec();
    return new Map(groups.map((group) => [group._id, group.sum]));
  };
  const counts = await sum<ImageStatus>({}, '$status', 1);
  const [total, original, compressed, similarities] = await Promise.all([
    // By `seq`, which never changes: the groups may lack an image that moves on meanwhile.
    endsWithoutTotal(seen) ? model.countDocuments({ requestId, seq: { $gte: 0, $lt: flow.expanded } }).exec() : null,
    sum<null>({ status: 'COMPLETED' }, null, '$original.bytes'),
    sum<null>({ status: 'COMPLETED' }, null, '$compressed.bytes'),
    sum<Thousandths | null>({ status: 'COMPLETED' }, '$similarity', 1),
  ]);
  const count = (status: ImageStatus) => counts.get(status) ?? 0;
  return {
    completed: count('COMPLETED'),
    failed: count('FAILED'),
    cancelled: count('CANCELLED'),
    processing: count('PROCESSING'),
    total,
    originalBytes: original.get(null) ?? 0,
    compressedBytes: compressed.get(null) ?? 0,
    similarity: countSimilarities(similarities),
  };
}

/** A request that is cancelled before its file was read through has the images that were written till then. */
function endsWithoutTotal({ status, counts }: RequestSnapshot): boolean {
  return status === 'CANCELLING' && counts.total === null;
}

/** @param found how many images have each similarity; those without one under null */
function countSimilarities(found: ReadonlyMap<Thousandths | null, number>): SimilarityCounts {
  const counts = { images: 0, sum: 0, worst: IDENTICAL };
  for (const [similarity, images] of found) {
    if (typeof similarity !== 'number') continue;
    counts.images += images;
    counts.sum += similarity * images;
    counts.worst = Math.min(counts.worst, similarity);
  }
  return counts;
}
