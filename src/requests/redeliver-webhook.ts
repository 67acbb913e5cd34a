import { AppError } from '../domain/errors.js';
import { isTerminal } from '../domain/request-status.js';
import type { RequestSnapshot } from '../models/request.js';
import type { RequestDeps } from './deps.js';
import { createFindRequest } from './find-request.js';

type Deps = Pick<RequestDeps, 'database' | 'progress'>;
export type RedeliverWebhook = (owner: string, id: string) => Promise<RequestSnapshot>;

/** Has a worker tell the webhook of an ended request again, whatever became of it before. @throws NOT_FOUND, CONFLICT */
export function createRedeliverWebhook(deps: Deps): RedeliverWebhook {
  const findRequest = createFindRequest(deps);
  return async (owner, id) => {
    const found = await findRequest(owner, id);
    const again = await deps.database.webhooks.redeliverWebhook(found._id, new Date());
    if (again) {
      deps.progress.report(again);
      return again;
    }
    const { status, webhook } = await findRequest(owner, id);
    if (!webhook) throw new AppError('CONFLICT', 'No webhook was asked for with this request.');
    throw new AppError(
      'CONFLICT',
      isTerminal(status) ? 'The webhook was told just now.' : 'The request has not ended yet.',
    );
  };
}
