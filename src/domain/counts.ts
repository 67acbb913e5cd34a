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

/** What the images of a request have come to. */
interface Advance {
  counts: Counts;
  /** The failed images are about to be PENDING again: they are counted, and have not ended. */
  reopening: boolean;
}

export function endedImages({ counts, reopening }: Advance): number {
  return counts.completed + counts.cancelled + (reopening ? 0 : counts.failed);
}

/** Until the total is known the URLs of the file stand in for it. */
export function openImages(request: Advance): number {
  return expectedImages(request.counts) - endedImages(request);
}

function expectedImages({ total, imageUrls }: Counts): number {
  return total ?? imageUrls;
}

/** True when every image of the request has ended. */
export function allImagesEnded(counts: Counts): boolean {
  return counts.total !== null && endedImages({ counts, reopening: false }) >= counts.total;
}

/** What is shown at the most before the terminal state: 1 is kept for that. */
const MAX_OPEN_PROGRESS = 0.999;

/** 0 to 1; 1 exactly when the status is terminal. */
export function progress(request: Advance & { status: RequestStatus }): number {
  if (isTerminal(request.status)) return 1;
  const expected = expectedImages(request.counts);
  return expected === 0 ? 0 : Math.min(MAX_OPEN_PROGRESS, endedImages(request) / expected);
}

/** Images a second since `since`, over the images that have ended after `from` of them had. */
export function imagesPerSecond(request: Advance, from: number, since: Date, until: Date): number | null {
  const seconds = (until.getTime() - since.getTime()) / 1000;
  const ended = endedImages(request) - from;
  return seconds > 0 && ended > 0 ? ended / seconds : null;
}
