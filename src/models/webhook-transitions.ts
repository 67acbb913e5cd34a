import type { RequestId } from '../domain/ids.js';
import { TERMINAL_STATUSES } from '../domain/request-status.js';
import type { RequestModel } from './database.js';
import type { RequestSnapshot } from './request.js';

/** How one try of a webhook ended. */
export interface WebhookOutcome {
  status: 'PENDING' | 'DELIVERED' | 'FAILED';
  lastError: string | null;
  /** When it is tried again, if it is. */
  nextAttemptAt: Date | null;
}

/** Due webhooks of which one is picked at random. */
const CANDIDATES = 8;

/** The conditional writes of the duty to tell a webhook, which is part of its request. */
export interface WebhookTransitions {
  /** Takes one due try for itself until `leaseUntil`: after that whoever has it is taken for dead. */
  claimWebhook(now: Date, leaseUntil: Date): Promise<RequestSnapshot | null>;
  /** Ends the duty of this message, or puts the next try; nothing where another try has begun since. */
  recordWebhook(request: RequestSnapshot, outcome: WebhookOutcome): Promise<RequestSnapshot | null>;
  /** Ended -> its webhook is told again, from the first try on, with the id that it had. */
  redeliverWebhook(id: RequestId, now: Date): Promise<RequestSnapshot | null>;
}

export function createWebhookTransitions(model: RequestModel): WebhookTransitions {
  const move = (filter: object, $set: object, revisions: number) =>
    model
      .findOneAndUpdate(
        { deletedAt: null, ...filter },
        { $set, $inc: { revision: revisions } },
        { returnDocument: 'after' },
      )
      .lean<RequestSnapshot>()
      .exec();
  return {
    async claimWebhook(now, leaseUntil) {
      const due: object = { 'webhook.status': 'PENDING', 'webhook.nextAttemptAt': { $lte: now }, deletedAt: null };
      // Who looks at the same moment finds the same one: that another was quicker does not mean that nothing is due.
      // Who was slower takes any of the next ones: all of them would meet at each of those in turn.
      for (let among = 1; ; among = CANDIDATES) {
        const first = await model
          .find(due)
          .sort({ 'webhook.nextAttemptAt': 1 })
          .limit(among)
          .lean<RequestSnapshot[]>()
          .exec();
        const seen = first[Math.floor(Math.random() * first.length)];
        if (!seen?.webhook) return null;
        const { attempts } = seen.webhook;
        const taken = await move(
          { $and: [due, { _id: seen._id, 'webhook.attempts': attempts }] },
          { 'webhook.attempts': attempts + 1, 'webhook.lastAttemptAt': now, 'webhook.nextAttemptAt': leaseUntil },
          0,
        );
        if (taken) return taken;
      }
    },
    recordWebhook({ _id, webhook }, { status, lastError, nextAttemptAt }) {
      const same = { 'webhook.messageId': webhook?.messageId ?? null, 'webhook.attempts': webhook?.attempts ?? 0 };
      return move(
        { _id, ...same },
        { 'webhook.status': status, 'webhook.lastError': lastError, 'webhook.nextAttemptAt': nextAttemptAt },
        1,
      );
    },
    redeliverWebhook: (id, now) =>
      move(
        { _id: id, status: { $in: [...TERMINAL_STATUSES] }, 'webhook.messageId': { $gt: '' } },
        {
          'webhook.status': 'PENDING',
          'webhook.attempts': 0,
          'webhook.nextAttemptAt': now,
          'webhook.lastError': null,
        },
        1,
      ),
  };
}
