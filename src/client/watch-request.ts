import type { ClientWatchSubscription, RequestViewFragment } from './generated/types.js';
import { PixelpressError } from './pixelpress-error.js';

/** The first wait before coming back, doubled with each try up to the longest, in milliseconds. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8_000;
/** How long a service may be away before watching it ends with an error, in milliseconds, where nothing else is said. */
const PATIENCE_MS = 5 * 60_000;
/** How long a subscription may take to tell the present state, in milliseconds: a proxy may answer nothing for ever. */
const FIRST_EVENT_LIMIT_MS = 15_000;
/** How long an answer over HTTP may take while the connection is lost, in milliseconds. */
const ASK_LIMIT_MS = 10_000;
/** Errors that pass. */
const PASSING = ['UNREACHABLE', 'UNAVAILABLE', 'RATE_LIMITED'];
/** Answers over HTTP that end the watch; after any other, as of a proxy, the connection is tried again. */
const ENDING = ['NOT_FOUND', 'UNAUTHENTICATED', 'FORBIDDEN'];
const TERMINAL = ['COMPLETED', 'FAILED', 'CANCELLED'];

/** One step of a request: how it stands, and the images that ended since the step before, at most 100. */
export type RequestStatusEvent = ClientWatchSubscription['requestStatus'];

export interface WatchOptions {
  /** Ends the loop as `break` does. */
  signal?: AbortSignal | undefined;
  /** How long the service may be away, in milliseconds; 5 minutes where it is left out. */
  patienceMs?: number | undefined;
  /** Told when the connection is lost, with what has happened, and with null when it is there again. */
  onConnection?: ((lost: PixelpressError | null) => void) | undefined;
}

/** One subscription, for as long as its connection lasts; `stop` ends it at once. @throws PixelpressError */
export type Subscribe = (stop: AbortSignal) => AsyncIterable<ClientWatchSubscription>;

/** How the request stands, asked for over HTTP. @throws PixelpressError, or what `stop` was aborted with */
export type Ask = (stop: AbortSignal) => Promise<RequestViewFragment>;

/**
 * The live status of a request through lost connections: comes back by itself, for the first event of a new
 * subscription is the present state, and asks over HTTP after each try, for a proxy may let that through alone: in the
 * long run every 6 to 10 seconds, or 15 more where a proxy leaves the try without an answer. No event has a lower
 * revision than the one before, and the terminal state is the last. Leaving the loop ends it at once, even while it
 * waits. @throws PixelpressError
 */
export function watchRequest(
  subscribe: Subscribe,
  ask: Ask,
  { signal, patienceMs = PATIENCE_MS, onConnection }: WatchOptions,
): AsyncIterableIterator<RequestStatusEvent> {
  const left = new AbortController();
  const stop = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  const events = follow(subscribe, ask, stop, patienceMs, onConnection);
  return {
    next: () => events.next(),
    // An async generator that waits does not see `return`: the signal ends its wait first.
    async return() {
      left.abort();
      return events.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* follow(
  subscribe: Subscribe,
  ask: Ask,
  stop: AbortSignal,
  patienceMs: number,
  onConnection: WatchOptions['onConnection'],
): AsyncGenerator<RequestStatusEvent, undefined> {
  let seen = -1;
  let lostAt: number | null = null;
  let tries = 0;
  /** Whether it was HTTP that answered last. */
  let isAsking = false;
  const lose = (failure: PixelpressError) => {
    if (lostAt === null) onConnection?.(failure);
    lostAt ??= Date.now();
  };
  const isThere = () => {
    if (lostAt !== null) onConnection?.(null);
    lostAt = null;
  };
  while (!stop.aborted) {
    let failure = new PixelpressError('UNAVAILABLE', 'The service ended the stream before the request did.');
    try {
      for await (const { requestStatus: event } of inTime(subscribe, stop)) {
        const { revision, status } = event.request;
        // After a lost connection the present state may be one that was seen, or be read from an engine that lags.
        if (revision < seen) continue;
        isThere();
        isAsking = false;
        tries = 0;
        if (revision > seen || (revision === seen && event.finishedImages.length > 0)) {
          seen = revision;
          yield event;
        }
        if (TERMINAL.includes(status)) return;
      }
    } catch (error) {
      if (!(error instanceof PixelpressError) || !PASSING.includes(error.code)) throw error;
      failure = error;
    }
    if (stop.aborted) return;
    // Where HTTP alone is let through, the socket is tried again and again, which is no loss each time.
    if (!isAsking) lose(failure);
    const request = await answerOf(ask, stop);
    if (stop.aborted) return;
    isAsking = request !== null;
    if (!request) lose(failure);
    else if (request.revision >= seen) {
      isThere();
      if (request.revision > seen) yield { request, finishedImages: [] };
      seen = request.revision;
      if (TERMINAL.includes(request.status)) return;
    }
    if (lostAt !== null && Date.now() - lostAt > patienceMs) throw failure;
    await pause(retryDelay(tries++), stop);
  }
}

/** A subscription, ended where it tells nothing in time. @throws PixelpressError */
async function* inTime(subscribe: Subscribe, stop: AbortSignal): AsyncGenerator<ClientWatchSubscription, undefined> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), FIRST_EVENT_LIMIT_MS);
  try {
    for await (const step of subscribe(AbortSignal.any([stop, late.signal]))) {
      clearTimeout(timer);
      yield step;
    }
  } finally {
    clearTimeout(timer);
  }
  if (late.signal.aborted) throw new PixelpressError('UNREACHABLE', 'The service does not take up the connection.');
}

/** What HTTP says; null where it says nothing of use. @throws PixelpressError that ends the watch */
async function answerOf(ask: Ask, stop: AbortSignal): Promise<RequestViewFragment | null> {
  try {
    return await ask(AbortSignal.any([stop, AbortSignal.timeout(ASK_LIMIT_MS)]));
  } catch (error) {
    if (error instanceof PixelpressError && ENDING.includes(error.code)) throw error;
    return null;
  }
}

/** Doubled with each try, and a little different for each client: a restarted service is not met by all at once. */
function retryDelay(tries: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** tries) * (0.75 + Math.random() / 2);
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener('abort', done);
  });
}
