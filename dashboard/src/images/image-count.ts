import type { ImageStatus, RequestSummaryFragment } from '../generated/graphql.js';

/** How many images are in this state by the counts of their request; without a state, how many there are. */
export function imageCount(
  counts: RequestSummaryFragment['counts'],
  total: number,
  status: ImageStatus | null,
): number {
  if (status === null) return total;
  if (status === 'COMPLETED') return counts.completed;
  if (status === 'FAILED') return counts.failed;
  return status === 'CANCELLED' ? counts.cancelled : 0;
}
