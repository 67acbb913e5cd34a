import type { RequestSnapshot } from '../models/request.js';
import type { RequestDeps } from './deps.js';

/**
 * Tells who listens, and has a worker do the rest. The request's own state says what is to be done, so a message
 * that cannot be put out now is only late: the reconciler puts it out.
 */
export async function advance(
  { queue, progress, log }: Pick<RequestDeps, 'queue' | 'progress' | 'log'>,
  request: RequestSnapshot,
): Promise<void> {
  progress.report(request);
  await queue.publish('requests', [{ requestId: request._id }]).catch((error) => {
    log.warn({ requestId: request._id, error }, 'request not put on the queue; the reconciler will');
  });
}
