/**
 * The offsets of one partition that are in hand, and how far they are all finished: only that may be committed, since
 * a committed offset says that everything before it is done.
 */
export interface FinishedPrefix {
  /** Takes an offset in hand; false where it is or was already. Offsets come in growing order. */
  take(offset: number): boolean;
  finish(offset: number): void;
  /** The offset to commit (the first that is not finished); null where the broker has it already. */
  toCommit(): number | null;
  /** Told when the broker has taken it: a commit that fails is due again. */
  committed(offset: number): void;
}

export function createFinishedPrefix(): FinishedPrefix {
  /** In hand, in growing order; true when finished. */
  const inHand = new Map<number, boolean>();
  let last = -1;
  let finished: number | null = null;
  let taken: number | null = null;
  return {
    take(offset) {
      if (offset <= last) return false;
      inHand.set(offset, false);
      last = offset;
      return true;
    },
    finish(offset) {
      inHand.set(offset, true);
      for (const [each, isFinished] of inHand) {
        if (!isFinished) return;
        inHand.delete(each);
        finished = each + 1;
      }
    },
    toCommit: () => (finished === taken ? null : finished),
    committed(offset) {
      taken = offset;
    },
  };
}
