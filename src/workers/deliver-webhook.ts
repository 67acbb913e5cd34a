import { Webhook } from 'standardwebhooks';
import { request as ask, type Dispatcher } from 'undici';
import type { RequestId } from '../domain/ids.js';
import { ProcessingError } from '../domain/processing-error.js';
import { parseRetryAfter } from '../domain/retry.js';
import { unlessAborted } from '../domain/unless-aborted.js';
import type { AddressGuard } from '../images/address-guard.js';
import { plainUrl } from '../images/plain-url.js';
import type { RequestSnapshot } from '../models/request.js';
import type { WebhookOutcome } from '../models/webhook-transitions.js';
import type { WorkerDeps } from './deps.js';

/** Ten tries over about a day: the pause after each but the last, in seconds. */
const PAUSES_S = [5, 30, 120, 600, 1_800, 3_600, 14_400, 28_800, 36_000];
/** How much longer than its time limit a try may hold its webhook, in milliseconds, before another begins. */
const LEASE_MARGIN_MS = 10_000;
/** Webhooks told at once by one process. */
const WEBHOOKS_AT_ONCE = 8;
/** Bytes of an answer that are read, so that its connection can be used again; what it says is of no use. */
const MAX_ANSWER_BYTES = 64 * 1024;

type Deps = Pick<WorkerDeps, 'database' | 'progress' | 'log' | 'metrics' | 'tracing'> & {
  /** A receiver has as long as a server of images, in milliseconds. */
  limits: Pick<WorkerDeps['limits'], 'fetchTimeoutMs'>;
  guard: AddressGuard;
  /** Base64 secrets of Standard Webhooks (`whsec_…`), each of which signs; without one it is sent unsigned. */
  secrets: readonly string[];
  userAgent: string;
  /** The status object of REST. */
  present: (request: RequestSnapshot) => object;
};

/**
 * Makes one due try of a webhook. True if there was one.
 * @param ended the request whose end is the reason: what is told of another is no part of its trace
 */
export type DeliverWebhook = (signal: AbortSignal, ended?: RequestId) => Promise<boolean>;

/**
 * Tells all that is due, some at once: a receiver that hangs holds up one of them.
 * @param ended as `DeliverWebhook`'s
 */
export function createDeliverDue(deliverWebhook: DeliverWebhook) {
  let running = 0;
  const lane = async (signal: AbortSignal, ended?: RequestId) => {
    if (running === WEBHOOKS_AT_ONCE) return;
    running++;
    try {
      while (!signal.aborted && (await deliverWebhook(signal, ended)));
    } finally {
      running--;
    }
  };
  return {
    /** One more at once, if there may be: something has just become due. */
    deliverNext: lane,
    async deliverDue(signal: AbortSignal): Promise<void> {
      await Promise.all(Array.from({ length: WEBHOOKS_AT_ONCE }, () => lane(signal)));
    },
  };
}

export function createDeliverWebhook(deps: Deps): DeliverWebhook {
  const { database, tracing, limits } = deps;
  return async (signal, ended) => {
    const leaseUntil = new Date(Date.now() + limits.fetchTimeoutMs + LEASE_MARGIN_MS);
    const request = await database.webhooks.claimWebhook(new Date(), leaseUntil);
    if (!request?.webhook) return false;
    const from = request._id === ended ? {} : { from: null };
    const fields = { requestId: request._id };
    return tracing.span('deliverWebhook', { kind: 'client', fields, ...from }, async (span) => {
      const outcome = await tell(deps, request, signal);
      if (signal.aborted) return false;
      if (outcome.status !== 'DELIVERED') span.fail({ code: outcome.status });
      await record(deps, request, outcome);
      return true;
    });
  };
}

async function record({ database, progress, log, metrics }: Deps, request: RequestSnapshot, outcome: Outcome) {
  const after = afterTry(outcome, request.webhook?.attempts ?? 0);
  const told = await database.webhooks.recordWebhook(request, after);
  metrics.webhookTried(after.status);
  log.info({ requestId: request._id, status: told?.webhook?.status, reason: outcome.error }, 'webhook told');
  if (told) progress.report(told);
}

/** What follows from the try number `attempts`. */
function afterTry({ status, error, retryAfterMs = 0 }: Outcome, attempts: number): WebhookOutcome {
  if (status !== 'PENDING') return { status, lastError: error, nextAttemptAt: null };
  const pause = PAUSES_S[attempts - 1];
  if (pause === undefined) return { status: 'FAILED', lastError: error, nextAttemptAt: null };
  // Jitter: a receiver that was away is not met by all at once.
  const nextAttemptAt = new Date(Date.now() + Math.max(pause * 1_000, retryAfterMs) * (1 + Math.random() / 5));
  return { status, lastError: error, nextAttemptAt };
}

interface Outcome {
  status: 'PENDING' | 'DELIVERED' | 'FAILED';
  error: string | null;
  /** What the receiver asked for with Retry-After, in milliseconds. */
  retryAfterMs?: number | undefined;
}

async function tell(deps: Deps, request: RequestSnapshot, signal: AbortSignal): Promise<Outcome> {
  const { webhook } = request;
  if (!webhook?.messageId) return { status: 'FAILED', error: 'There is nothing to tell.' };
  const timestamp = request.finishedAt ?? new Date();
  const data = deps.present(request);
  const body = JSON.stringify({ type: `request.${request.status.toLowerCase()}`, timestamp, data });
  const deadline = AbortSignal.timeout(deps.limits.fetchTimeoutMs);
  const either = AbortSignal.any([signal, deadline]);
  try {
    const url = new URL(webhook.url);
    deps.guard.checkUrl(url);
    const { href, headers } = plainUrl(url);
    // Redirects are not followed: they would lead the signed message elsewhere than was asked for.
    const answered = ask(href, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': deps.userAgent,
        ...headers,
        ...signed(deps, webhook.messageId, body),
      },
      dispatcher: deps.guard.dispatcher,
      signal: either,
    });
    // undici heeds no signal before it has a connection.
    const response = await unlessAborted(answered, either);
    await readAway(response.body, deadline);
    return outcomeOf(response.statusCode, parseRetryAfter(response.headers['retry-after']));
  } catch (error) {
    if (deadline.aborted) return { status: 'PENDING', error: 'The server did not answer in time.' };
    if (!(error instanceof ProcessingError)) return { status: 'PENDING', error: 'The server could not be reached.' };
    // No other try leads to another address.
    return { status: error.retryable ? 'PENDING' : 'FAILED', error: error.message };
  }
}

/** The status decided already: an answer that is long or breaks off changes nothing. */
async function readAway(body: Dispatcher.ResponseData['body'], signal: AbortSignal): Promise<void> {
  await body.dump({ limit: MAX_ANSWER_BYTES, signal }).catch(() => body.destroy());
}

function outcomeOf(status: number, retryAfterMs?: number): Outcome {
  if (status >= 200 && status <= 299) return { status: 'DELIVERED', error: null };
  return { status: status === 410 ? 'FAILED' : 'PENDING', error: `The server answered ${status}.`, retryAfterMs };
}

/** Standard Webhooks' headers; the time is of this try. */
function signed({ secrets }: Pick<Deps, 'secrets'>, messageId: string, body: string): Record<string, string> {
  const now = new Date();
  const signatures = secrets.map((secret) => new Webhook(secret).sign(messageId, now, body));
  return {
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  };
}
