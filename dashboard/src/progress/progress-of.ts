import type { RequestSummaryFragment } from '../generated/graphql.js';

export interface Progress {
  isOpen: boolean;
  /** Images that it has, or, until that is known, that the file names. */
  total: number;
  /** Images that have come to no end yet. */
  left: number;
  /** Shares of all images, 0 to 1. */
  made: number;
  failed: number;
}

type Counted = Pick<RequestSummaryFragment, 'status' | 'counts'>;

/** How far a request has come, by its counts. */
export function progressOf({ status, counts }: Counted): Progress {
  const total = counts.total ?? counts.imageUrls;
  const share = (count: number) => (total > 0 ? count / total : 0);
  return {
    isOpen: status === 'PENDING' || status === 'PROCESSING' || status === 'CANCELLING',
    total,
    left: Math.max(0, total - counts.completed - counts.failed - counts.cancelled),
    made: share(counts.completed),
    failed: share(counts.failed),
  };
}
