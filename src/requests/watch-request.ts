import type { Metrics } from '../domain/metrics.js';
import { isTerminal } from '../domain/request-status.js';
import type { RequestSnapshot } from '../models/request.js';
import type { RequestDeps } from './deps.js';
import { createEventHub } from './event-hub.js';
import { createFindRequest } from './find-request.js';
import { mergeEvents, type RequestEvent } from './request-event.js';

/** After this silence the request is read again, in milliseconds: a lost last event must not leave a watcher hanging. */
const SILENCE_MS = 5_000;

/**
 * The live status of one request: its present state, then steps in the order of `revision`, then its end. Leaving
 * the loop ends it at once. @throws AppError NOT_FOUND before the first event
 */
export type WatchRequest = (owner: string, id: string) => AsyncIterableIterator<RequestEvent>;

export async function createWatchRequest({
  database,
  pubSub,
  metrics,
}: Pick<RequestDeps, 'database' | 'pubSub' | 'metrics'>): Promise<WatchRequest> {
  const findRequest = createFindRequest({ database });
  const hub = await createEventHub(pubSub);
  return (owner, id) => {
    const news = collectNews();
    const events = watch(
      () => findRequest(owner, id),
      () => hub(id, news.add),
      news,
      metrics,
    );
    return {
      next: () => events.next(),
      // An async generator that waits does not see `return`: its wait is ended first.
      return: async () => {
        news.stop();
        return events.return(undefined);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
}

async function* watch(
  read: () => Promise<RequestSnapshot>,
  listen: () => () => void,
  news: ReturnType<typeof collectNews>,
  metrics: Metrics,
): AsyncGenerator<RequestEvent, undefined> {
  const unlisten = listen();
  metrics.subscribers(1);
  try {
    let request = await read();
    news.since(request.revision);
    metrics.eventDelivered();
    yield { request, finishedImageIds: [] };
    while (!isTerminal(request.status)) {
      if (!(await news.wait(SILENCE_MS))) return;
      const heard = news.take() ?? { request: await read(), finishedImageIds: [] };
      const isNewer = heard.request.revision > request.revision;
      if (!isNewer && heard.finishedImageIds.length === 0) continue;
      // What was heard is handed on as it is, for it is the same for all who keep pace.
      const event = isNewer ? heard : { ...heard, request };
      ({ request } = event);
      metrics.eventDelivered();
      yield event;
    }
  } finally {
    metrics.subscribers(-1);
    unlisten();
  }
}

/** What one watcher has heard and not taken: the newest state, and every image that ended. */
function collectNews() {
  let heard: RequestEvent | null = null;
  let shown = 0;
  let stopped = false;
  let wake: () => void = () => undefined;
  return {
    add(event: RequestEvent) {
      if (event.request.revision <= shown) return;
      heard = mergeEvents(heard, event);
      wake();
    },
    /** What is not above this revision is older than what the watcher has seen. */
    since(revision: number) {
      shown = revision;
      if (heard && heard.request.revision <= revision) heard = null;
    },
    /** Until there is something to take, or for this time, in milliseconds; false where the watcher leaves. */
    async wait(ms: number): Promise<boolean> {
      if (!heard && !stopped) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      return !stopped;
    },
    take(): RequestEvent | null {
      const event = heard;
      heard = null;
      return event;
    },
    stop() {
      stopped = true;
      wake();
    },
  };
}
