/** The first pause before an image is tried again, in milliseconds; each further one is four times as long. */
const FIRST_PAUSE_MS = 1_000;
const GROWTH = 4;

/**
 * How long to wait before try number `attempt + 1`, in milliseconds: growing, with up to a third of jitter so that
 * the images of one host do not come back together, and never less than what the host asked for.
 */
export function retryPauseMs(attempt: number, retryAfterMs = 0, random = Math.random): number {
  const pause = FIRST_PAUSE_MS * GROWTH ** (attempt - 1);
  return Math.max(retryAfterMs, pause) * (1 + random() / 3);
}

/** The longest that a server may ask us to wait, in milliseconds. */
const MAX_RETRY_AFTER_MS = 600_000;

/** The header Retry-After, as seconds or as a date, in milliseconds from now; undefined where it asks for nothing. */
export function parseRetryAfter(header: string | string[] | undefined): number | undefined {
  const value = String(header ?? '');
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}
