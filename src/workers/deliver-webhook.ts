import { Webhook } from 'standardwebhooks';
import { fetch, type RequestInit } from 'undici';
import type { AddressGuard } from '../images/address-guard.js';
import type { RequestSnapshot } from '../models/request.js';
import type { WorkerDeps } from './deps.js';

/** Up to ten tries over about a day: the pause after each, in seconds. */
const PAUSES_S = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800];
const TIMEOUT_MS = 15_000;

type Deps = Pick<WorkerDeps, 'database' | 'progress' | 'log'> & {
  guard: AddressGuard;
  /** Base64 secrets of Standard Webhooks (`whsec_…`), each of which signs; without one it is sent unsigned. */
  secrets: readonly string[];
  userAgent: string;
  /** The status object of REST. */
  present: (request: RequestSnapshot) => object;
};

/** Makes one due try of a webhook. True if there was one. */
export function createDeliverWebhook(deps: Deps): (signal: AbortSignal) => Promise<boolean> {
  const { database, progress, log } = deps;
  return async (signal) => {
    const request = await database.webhooks.claimWebhook(new Date(), nextAttemptAt);
    if (!request?.webhook) return false;
    const outcome = await tell(deps, request, signal);
    if (signal.aborted) return false;
    const last = outcome.status === 'PENDING' && request.webhook.attempts >= PAUSES_S.length;
    const told = await database.webhooks.recordWebhook(request, last ? 'FAILED' : outcome.status, outcome.error);
    log.info({ requestId: request._id, status: told?.webhook?.status, error: outcome.error }, 'webhook told');
    if (told) progress.report(told);
    return true;
  };
}

function nextAttemptAt(attempts: number): Date {
  const seconds = PAUSES_S[Math.min(attempts, PAUSES_S.length) - 1] ?? 0;
  return new Date(Date.now() + seconds * 1_000 * (1 + Math.random() / 5));
}

interface Outcome {
  status: 'PENDING' | 'DELIVERED' | 'FAILED';
  error: string | null;
}

async function tell(deps: Deps, request: RequestSnapshot, signal: AbortSignal): Promise<Outcome> {
  const { webhook } = request;
  if (!webhook?.messageId) return { status: 'FAILED', error: 'There is nothing to tell.' };
  const timestamp = request.finishedAt ?? new Date();
  const data = deps.present(request);
  const body = JSON.stringify({ type: `request.${request.status.toLowerCase()}`, timestamp, data });
  try {
    const url = new URL(webhook.url);
    deps.guard.checkUrl(url);
    const init: RequestInit = {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': deps.userAgent,
        ...signed(deps, webhook.messageId, body),
      },
      redirect: 'manual',
      dispatcher: deps.guard.dispatcher,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    };
    const response = await fetch(url, init);
    await response.body?.cancel();
    if (response.ok) return { status: 'DELIVERED', error: null };
    const error = `The server answered ${response.status}.`;
    return { status: response.status === 410 ? 'FAILED' : 'PENDING', error };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return {
      status: 'PENDING',
      error: timedOut ? 'The server did not answer in time.' : 'The server could not be reached.',
    };
  }
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
