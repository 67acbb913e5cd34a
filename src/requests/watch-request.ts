import type { ImageId, RequestId } from '../domain/ids.js';
import type { Metrics } from '../domain/metrics.js';
import { isTerminal } from '../domain/request-status.js';
import type { PubSub } from '../messaging/pub-sub.js';
import type { ProgressMessage } from '../messaging/topics.js';
import type { RequestSnapshot } from '../models/request.js';
import type { RequestDeps } from './deps.js';
import { createFindRequest } from './find-request.js';

/** Between two events of one watcher, in milliseconds. */
const EVENT_PAUSE_MS = 250;
/** After this silence the request is read again, in milliseconds: a lost last event must not leave a watcher hanging. */
const SILENCE_MS = 5_000;
/** Ended images named in one event (`RequestStatusEvent.finishedImages`). */
const MAX_FINISHED = 100;

export interface RequestEvent {
  request: RequestSnapshot;
  /** Images that ended since the watcher's previous event, at most 100. */
  finishedImageIds: ImageId[];
}

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
  const hub = await createHub(pubSub);
  return (owner, id) => {
    const stop = new AbortController();
    const events = watch(
      () => findRequest(owner, id),
      (news) => hub(id, news),
      stop.signal,
      metrics,
    );
    return {
      next: () => events.next(),
      // An async generator that waits does not see `return`: the signal ends its wait first.
      return: async () => {
        stop.abort();
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
  listen: (listener: (message: ProgressMessage) => void) => () => void,
  signal: AbortSignal,
  metrics: Metrics,
): AsyncGenerator<RequestEvent, undefined> {
  const news = collectNews();
  const unlisten = listen(news.add);
  metrics.subscribers(1);
  try {
    let request = await read();
    news.since(request.revision);
    metrics.eventDelivered();
    yield { request, finishedImageIds: [] };
    while (!isTerminal(request.status)) {
      await news.wait(SILENCE_MS, signal);
      if (signal.aborted) return;
      const heard = news.take() ?? { request: await read(), finishedImageIds: [] };
      if (heard.request.revision <= request.revision && heard.finishedImageIds.length === 0) continue;
      request = heard.request.revision > request.revision ? heard.request : request;
      metrics.eventDelivered();
      yield { request, finishedImageIds: heard.finishedImageIds };
      if (!isTerminal(request.status)) await news.rest(EVENT_PAUSE_MS, signal);
    }
  } finally {
    metrics.subscribers(-1);
    unlisten();
  }
}

/** Merges what is heard between two events: the newest state, and every image that ended. */
function collectNews() {
  let newest: RequestSnapshot | null = null;
  let finished: ImageId[] = [];
  let shown = 0;
  let wake: () => void = () => undefined;
  const wakened = (ms: number, signal: AbortSignal, ready: () => boolean) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        wake = () => undefined;
        resolve();
      }
      signal.addEventListener('abort', done);
      wake = () => ready() && done();
      if (signal.aborted) done();
      else wake();
    });
  return {
    add(message: ProgressMessage) {
      if (message.revision <= shown) return;
      // Progress messages carry the snapshot that an update in `models/` returned.
      const request = message.request as RequestSnapshot;
      if (!newest || request.revision > newest.revision) newest = request;
      finished = [...finished, ...message.finishedImageIds].slice(-MAX_FINISHED);
      wake();
    },
    /** What is not above this revision is older than what the watcher has seen. */
    since(revision: number) {
      shown = revision;
      if (newest && newest.revision <= revision) newest = null;
      if (!newest) finished = [];
    },
    wait: (ms: number, signal: AbortSignal) => wakened(ms, signal, () => newest !== null),
    /** Lets more news gather, unless the end is among them. */
    rest: (ms: number, signal: AbortSignal) => wakened(ms, signal, () => newest !== null && isTerminal(newest.status)),
    take(): RequestEvent | null {
      if (!newest) return null;
      const event = { request: newest, finishedImageIds: finished };
      newest = null;
      finished = [];
      return event;
    },
  };
}

/** One subscription to the topic for all watchers of this process, so that a message costs only its own watchers. */
async function createHub(pubSub: PubSub) {
  const listeners = new Map<string, Set<(message: ProgressMessage) => void>>();
  await pubSub.subscribe('progress', (message) => {
    for (const listener of listeners.get(message.requestId) ?? []) listener(message);
  });
  return (id: RequestId | string, listener: (message: ProgressMessage) => void) => {
    const set = listeners.get(id) ?? new Set();
    listeners.set(id, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0) listeners.delete(id);
    };
  };
}
