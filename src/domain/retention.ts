/** What the removal of a request is reckoned from. */
interface Kept {
  /** As its client asked. */
  expiresAt?: Date | null;
  finishedAt: Date | null;
}

/**
 * When a request goes, with all that belongs to it: at the moment that its client asked for, or so long after its end
 * as the operator keeps any, whichever comes first; null where neither is known.
 */
export function expiryOf({ expiresAt, finishedAt }: Kept, retentionMs: number | null): Date | null {
  const times = [expiresAt, finishedAt && retentionMs !== null ? finishedAt.getTime() + retentionMs : null];
  const known = times.flatMap((time) => (time ? [Number(time)] : []));
  return known.length > 0 ? new Date(Math.min(...known)) : null;
}
