import { isTerminal, type RequestStatus } from './request-status.js';

/** Facts about the images of one request. At its end completed + failed + cancelled = total. */
export interface Counts {
  rows: number;
  /** Image URLs in the file, each time one stands there. */
  imageUrls: number;
  /** Different images to make; null until the file has been read through. */
  total: number | null;
  completed: number;
  failed: number;
  cancelled: number;
}

export function endedImages(counts: Counts): number {
  return counts.completed + counts.failed + counts.cancelled;
}

/** True when every image of the request has ended. */
export function allImagesEnded(counts: Counts): boolean {
  return counts.total !== null && endedImages(counts) >= counts.total;
}

/** What is shown at the most before the terminal state: 1 is kept for that. */
const MAX_OPEN_PROGRESS = 0.999;

interface Advance {
  status: RequestStatus;
  counts: Counts;
  /** The failed images are about to be PENDING again: they are counted, and have not ended. */
  reopening: boolean;
}

/** 0 to 1; 1 exactly when the status is terminal. Until the total is known the URLs of the file stand in for it. */
export function progress({ status, counts, reopening }: Advance): number {
  if (isTerminal(status)) return 1;
  const total = counts.total ?? counts.imageUrls;
  const ended = endedImages(counts) - (reopening ? counts.failed : 0);
  return total === 0 ? 0 : Math.min(MAX_OPEN_PROGRESS, ended / total);
}

/** Images a second since `since`, over the images that have ended after `from` of them had. */
export function imagesPerSecond(counts: Counts, from: number, since: Date, until: Date): number | null {
  const seconds = (until.getTime() - since.getTime()) / 1000;
  const ended = endedImages(counts) - from;
  return seconds > 0 && ended > 0 ? ended / seconds : null;
}
