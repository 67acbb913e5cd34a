import type { ImageId, RequestId } from '../domain/ids.js';
import { MAX_FINISHED_IMAGES } from '../domain/limits.js';
import type { Log } from '../domain/log.js';
import { isTerminal, type RequestStatus } from '../domain/request-status.js';
import type { PubSub } from './pub-sub.js';

/**
 * Between two messages about one request, in milliseconds: no image that ended is told of later than a quarter of a
 * second, with the way to its watchers, and that is live to an eye.
 */
const PAUSE_MS = 200;

interface Reportable {
  _id: RequestId;
  revision: number;
  status: RequestStatus;
}

interface Waiting {
  request: Reportable;
  finishedImageIds: ImageId[];
  timer: NodeJS.Timeout;
}

export interface ProgressPublisher {
  /** Tells how the request stands: at once if it has been quiet or has ended, else with the next message about it. */
  report(request: Reportable, finishedImageId?: ImageId): void;
  /** Sends what waits. */
  close(): Promise<void>;
}

/** Puts what this process's own updates returned on the `progress` topic, a few times a second for each request. */
export function createProgressPublisher(pubSub: PubSub, log: Log): ProgressPublisher {
  const waiting = new Map<RequestId, Waiting>();
  const sending = new Set<Promise<void>>();

  const send = (request: Reportable, finishedImageIds: ImageId[]) => {
    const sent = pubSub
      .publish('progress', { requestId: request._id, request, revision: request.revision, finishedImageIds })
      .catch((error) => log.warn({ requestId: request._id, error }, 'progress not published'))
      .finally(() => sending.delete(sent));
    sending.add(sent);
  };
  const flush = (id: RequestId) => {
    const entry = waiting.get(id);
    waiting.delete(id);
    if (!entry) return;
    clearTimeout(entry.timer);
    if (entry.request.revision > 0) send(entry.request, entry.finishedImageIds);
  };
  /** Holds back what comes in the next moment; revision 0 stands for "nothing has come yet". */
  const holdBack = (id: RequestId, request: Reportable, finishedImageIds: ImageId[]) => {
    waiting.set(id, { request, finishedImageIds, timer: setTimeout(() => settle(id), PAUSE_MS) });
  };
  const settle = (id: RequestId) => {
    const entry = waiting.get(id);
    flush(id);
    if (entry && entry.request.revision > 0) holdBack(id, { ...entry.request, revision: 0 }, []);
  };

  return {
    report(request, finishedImageId) {
      const entry = waiting.get(request._id);
      const finished = [...(entry?.finishedImageIds ?? []), ...(finishedImageId ? [finishedImageId] : [])];
      const newest = entry && entry.request.revision > request.revision ? entry.request : request;
      if (isTerminal(newest.status)) {
        if (entry) clearTimeout(entry.timer);
        waiting.delete(request._id);
        send(newest, finished.slice(-MAX_FINISHED_IMAGES));
      } else if (entry) {
        entry.request = newest;
        entry.finishedImageIds = finished.slice(-MAX_FINISHED_IMAGES);
      } else {
        send(request, finished);
        holdBack(request._id, { ...request, revision: 0 }, []);
      }
    },
    async close() {
      for (const id of [...waiting.keys()]) flush(id);
      await Promise.all(sending);
    },
  };
}
