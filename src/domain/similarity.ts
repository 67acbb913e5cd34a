/**
 * Similarities are stored and added up as whole thousandths: so their sum is the same in whatever order images end, and
 * a recount finds it again to the last digit.
 */
export type Thousandths = number;

export const IDENTICAL: Thousandths = 1000;

/** Rounded down: nothing that differs is told as identical. */
export function toThousandths(similarity: number): Thousandths {
  // What a number with three decimals misses when it is multiplied.
  return Math.floor(similarity * 1000 + 1e-6);
}

/** Similarities of the results of a request that were measured. */
export interface SimilarityCounts {
  images: number;
  sum: Thousandths;
  worst: Thousandths;
}

export interface Similarity {
  /** Images whose similarity was measured. */
  images: number;
  /** 0 to 1. */
  mean: number;
  worst: number;
}

/** Null where none was measured. */
export function similarityOf(counts: SimilarityCounts | undefined): Similarity | null {
  if (!counts || counts.images === 0) return null;
  const { images, sum, worst } = counts;
  return { images, mean: Math.floor(sum / images) / 1000, worst: worst / 1000 };
}
