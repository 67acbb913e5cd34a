import type { ImageId } from '../domain/ids.js';
import { MAX_FINISHED_IMAGES } from '../domain/limits.js';
import type { RequestSnapshot } from '../models/request.js';

/** One step of a request. The watchers of a process share it, as far as they keep pace: it is never changed. */
export interface RequestEvent {
  readonly request: RequestSnapshot;
  /** Images that ended since the watcher's previous event, at most 100. */
  readonly finishedImageIds: readonly ImageId[];
}

/** Two steps as one: the newer state, and the images of both. */
export function mergeEvents(first: RequestEvent | null, second: RequestEvent): RequestEvent {
  if (!first) return second;
  return {
    request: first.request.revision > second.request.revision ? first.request : second.request,
    finishedImageIds: [...first.finishedImageIds, ...second.finishedImageIds].slice(-MAX_FINISHED_IMAGES),
  };
}
