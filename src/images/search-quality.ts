/** Encodes of one image at the most. */
const MAX_TRIES = 4;
/** So far above the floor no smaller file is looked for: the tries would cost more than they save. */
const MARGIN = 0.01;
/** How ln(1 - similarity) falls with quality, before two tries of the image itself have told: of all formats' mean. */
const USUAL_SLOPE = -0.02;
const LEAST_QUALITY = 10;
const MOST_QUALITY = 100;

export interface Try {
  quality: number;
  similarity: number;
  data: Buffer;
}

export interface SearchOptions<T extends Try> {
  /** The similarity that must be held. */
  floor: number;
  /** The quality to begin with. */
  first: number;
  /** The quality is among what it answers. */
  attempt: (quality: number) => Promise<T>;
}

/**
 * The smallest of some tries whose similarity holds the floor: raised where the first falls below, lowered where it is
 * far above. Where none holds, the most similar one.
 */
export async function searchQuality<T extends Try>({ floor, first, attempt }: SearchOptions<T>): Promise<T> {
  const tries: T[] = [];
  for (let quality: number | null = first; quality !== null; quality = nextQuality(tries, floor)) {
    tries.push(await attempt(quality));
  }
  const holding = tries.filter(({ similarity }) => similarity >= floor);
  const best = (a: T, b: T) => (holding.length > 0 ? smaller(a, b) : moreSimilar(a, b));
  return (holding.length > 0 ? holding : tries).reduce(best);
}

function smaller<T extends Try>(a: T, b: T): T {
  return b.data.length < a.data.length ? b : a;
}

function moreSimilar<T extends Try>(a: T, b: T): T {
  return b.similarity > a.similarity ? b : a;
}

/** Null where the search has ended. */
function nextQuality(tries: readonly Try[], floor: number): number | null {
  const last = tries.at(-1);
  if (!last || tries.length >= MAX_TRIES) return null;
  const sorted = tries.toSorted((a, b) => a.quality - b.quality);
  const above = sorted.find(({ similarity }) => similarity >= floor);
  const below = sorted.findLast(({ similarity }) => similarity < floor);
  if (above && above.similarity <= floor + MARGIN) return null;
  const least = below ? below.quality + 1 : LEAST_QUALITY;
  const most = above ? above.quality - 1 : MOST_QUALITY;
  if (least > most) return null;
  // The last one must hold, or the floor is not to be had.
  if (!above && tries.length === MAX_TRIES - 1) return MOST_QUALITY;
  const from = above ?? below ?? last;
  const target = logDifference(Math.min(1, floor + MARGIN / 2));
  const guess = from.quality + (target - logDifference(from.similarity)) / slope(sorted);
  return Math.round(Math.min(most, Math.max(least, guess)));
}

/** Between the two tries around the floor, or the two nearest to it. */
function slope(sorted: readonly Try[]): number {
  const [a, b] = [sorted.at(0), sorted.at(-1)];
  if (!a || !b || a.quality === b.quality) return USUAL_SLOPE;
  const found = (logDifference(b.similarity) - logDifference(a.similarity)) / (b.quality - a.quality);
  return Math.min(found, USUAL_SLOPE / 10);
}

function logDifference(similarity: number): number {
  return Math.log(Math.max(1e-4, 1 - similarity));
}
