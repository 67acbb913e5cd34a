import type { RequestModel } from './database.js';
import type { RequestSnapshot } from './request.js';

/** The conditional writes of the duty to tell a webhook, which is part of its request. */
export interface WebhookTransitions {
  /** Takes one due try: the next one is put `nextAttemptAt` first, so that a crash only delays it. */
  claimWebhook(now: Date, nextAttemptAt: (attempts: number) => Date): Promise<RequestSnapshot | null>;
  /** Ends the duty of this message, or notes why this try did not end it. */
  recordWebhook(
    request: RequestSnapshot,
    status: 'PENDING' | 'DELIVERED' | 'FAILED',
    lastError: string | null,
  ): Promise<RequestSnapshot | null>;
}

export function createWebhookTransitions(model: RequestModel): WebhookTransitions {
  return {
    async claimWebhook(now, nextAttemptAt) {
      const due: object = { 'webhook.status': 'PENDING', 'webhook.nextAttemptAt': { $lte: now }, deletedAt: null };
      const seen = await model.findOne(due).sort({ 'webhook.nextAttemptAt': 1 }).lean<RequestSnapshot>().exec();
      if (!seen?.webhook) return null;
      const attempts = seen.webhook.attempts + 1;
      return model
        .findOneAndUpdate(
          { $and: [due, { _id: seen._id, 'webhook.attempts': seen.webhook.attempts }] },
          {
            $set: {
              'webhook.attempts': attempts,
              'webhook.lastAttemptAt': now,
              'webhook.nextAttemptAt': nextAttemptAt(attempts),
            },
          },
          { returnDocument: 'after' },
        )
        .lean<RequestSnapshot>()
        .exec();
    },
    recordWebhook: (request, status, lastError) =>
      model
        .findOneAndUpdate(
          { _id: request._id, 'webhook.messageId': request.webhook?.messageId ?? null } as object,
          { $set: { 'webhook.status': status, 'webhook.lastError': lastError }, $inc: { revision: 1 } },
          { returnDocument: 'after' },
        )
        .lean<RequestSnapshot>()
        .exec(),
  };
}
