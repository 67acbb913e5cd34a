import type { ClientWatchSubscription } from './generated/types.js';
import { PixelpressError } from './pixelpress-error.js';

/** The first wait before coming back, doubled with each try up to the longest, in milliseconds. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8_000;
/** How long a service may be away before watching it ends with an error, in milliseconds, where nothing else is said. */
const PATIENCE_MS = 5 * 60_000;
/** Errors that pass. */
const PASSING = ['UNREACHABLE', 'UNAVAILABLE', 'RATE_LIMITED'];
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

/**
 * The live status of a request through lost connections: comes back by itself, for the first event of a new
 * subscription is the present state. No event has a lower revision than the one before, and the terminal state is the
 * last. Leaving the loop ends it at once, even while it waits. @throws PixelpressError
 */
export function watchRequest(
  subscribe: Subscribe,
  { signal, patienceMs = PATIENCE_MS, onConnection }: WatchOptions,
): AsyncIterableIterator<RequestStatusEvent> {
  const left = new AbortController();
  const stop = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  const events = follow(subscribe, stop, patienceMs, onConnection);
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
  stop: AbortSignal,
  patienceMs: number,
  onConnection: WatchOptions['onConnection'],
): AsyncGenerator<RequestStatusEvent, undefined> {
  let seen = -1;
  let lostAt: number | null = null;
  let tries = 0;
  while (!stop.aborted) {
    let failure = new PixelpressError('UNAVAILABLE', 'The service ended the stream before the request did.');
    try {
      for await (const { requestStatus: event } of subscribe(stop)) {
        if (lostAt !== null) onConnection?.(null);
        lostAt = null;
        tries = 0;
        const { revision, status } = event.request;
        // After a lost connection the present state may be one that was seen, or be read from an engine that lags.
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
    if (lostAt === null) onConnection?.(failure);
    lostAt ??= Date.now();
    if (Date.now() - lostAt > patienceMs) throw failure;
    await pause(retryDelay(tries++), stop);
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
