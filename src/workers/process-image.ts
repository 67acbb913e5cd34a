import { isUnavailable, UnavailableError } from '../domain/errors.js';
import type { ImageId, RequestId } from '../domain/ids.js';
import { MAX_ATTEMPTS } from '../domain/limits.js';
import type { DeferReason } from '../domain/metrics.js';
import { ProcessingError } from '../domain/processing-error.js';
import { retryPauseMs } from '../domain/retry.js';
import { HostBusyError } from '../images/host-gate.js';
import type { RequestSnapshot } from '../models/request.js';
import type { ClaimedImage, Claims } from './claims.js';
import type { CountImage } from './count-image.js';
import type { WorkerDeps } from './deps.js';
import type { MakeImage } from './make-image.js';
import type { RecordCompleted } from './record-completed.js';
import type { RequestCache } from './request-cache.js';
import type { OnStage, RunStage } from './run-stage.js';

/** An image that lost more workers than this is taken for the cause; most are only bystanders. */
const MAX_LOST_WORKERS = 5;
/** How long an image waits for an engine that is away, in milliseconds. */
const ENGINE_PAUSE_MS = 5_000;
/** How long an image waits for a host that is at its limit and slow, in milliseconds. */
const BUSY_PAUSE_MS = 15_000;

type Deps = Pick<WorkerDeps, 'database' | 'storage' | 'log' | 'metrics'> & {
  cache: RequestCache;
  claims: Claims;
  makeImage: MakeImage;
  runStage: RunStage;
  onStage: OnStage;
  recordCompleted: RecordCompleted;
  countImage: CountImage;
  /** An image was put back while its request moved on: cancelled, or counted anew. */
  settleRequest: (id: RequestId) => Promise<void>;
};

export type ProcessImage = (message: { requestId: RequestId; imageId: ImageId }, signal: AbortSignal) => Promise<void>;

/** Works on one image: takes it, makes it, records how it ended, counts it. A second delivery finds nothing to do. */
export function createProcessImage(deps: Deps): ProcessImage {
  const { cache, claims, metrics } = deps;
  return async ({ requestId, imageId }, signal) => {
    const request = await cache.get(requestId);
    if (request?.status !== 'PROCESSING') return;
    const claimed = await claims.take(imageId);
    if (!claimed) return;
    metrics.imagesInFlight(1);
    try {
      await work(deps, request, claimed, signal);
    } catch (error) {
      // The epoch that fences a count is read just before the image's own update: making the image took its time.
      await recordFailure(deps, (await cache.get(requestId)) ?? request, claimed, error, signal);
    } finally {
      metrics.imagesInFlight(-1);
      claims.drop(claimed);
    }
  };
}

async function work(deps: Deps, request: RequestSnapshot, claimed: ClaimedImage, signal: AbortSignal): Promise<void> {
  const { recordCompleted, makeImage, runStage, onStage, countImage, metrics } = deps;
  const { image, claim } = claimed;
  if (image.losses > MAX_LOST_WORKERS) {
    throw new ProcessingError('INTERNAL', 'The image could not be worked on.');
  }
  const { result, discard } = await makeImage(claimed, { ...request.options, ...image.options }, { signal, onStage });
  const seen = await runStage('record', () => recordCompleted(request, { id: image._id, claim, result }));
  if (!seen) return discard();
  const { original, compressed, similarity } = result;
  metrics.imageCompleted(original.bytes, compressed.bytes);
  const bytes = { originalBytes: original.bytes, compressedBytes: compressed.bytes };
  await countImage({ seen, imageId: image._id, increment: { completed: 1, ...bytes, similarity } });
}

/** Puts the image back where another try can help, else records why it failed. */
async function recordFailure(
  deps: Deps,
  request: RequestSnapshot,
  claimed: ClaimedImage,
  error: unknown,
  signal: AbortSignal,
): Promise<void> {
  const { database, storage, countImage, log, metrics } = deps;
  const { image, claim } = claimed;
  if (signal.aborted) {
    await database.images.handBackImage(image._id, claim);
    return;
  }
  // That an engine is away is no fault of the image: it is tried until it can be stored.
  if (isUnavailable(error)) {
    if (error instanceof UnavailableError && error.engine === 'object store') storage.noteOutage(error);
    return putBack(deps, request, claimed, { reason: 'UNAVAILABLE', pauseMs: ENGINE_PAUSE_MS * (1 + Math.random()) });
  }
  if (error instanceof HostBusyError) {
    return putBack(deps, request, claimed, { reason: 'HOST_BUSY', pauseMs: BUSY_PAUSE_MS * (1 + Math.random()) });
  }
  if (!(error instanceof ProcessingError)) {
    await database.images.handBackImage(image._id, claim);
    throw error;
  }
  if (error.retryable && image.attempts < MAX_ATTEMPTS) {
    const pauseMs = retryPauseMs(image.attempts, error.retryAfterMs);
    return putBack(deps, request, claimed, { reason: error.code, pauseMs });
  }
  log.info({ requestId: request._id, imageId: image._id, code: error.code, error: error.cause }, 'image failed');
  const { code, message } = error;
  if (await database.images.failImage(image._id, claim, { code, message })) {
    metrics.imageFailed(code);
    await countImage({ seen: request, imageId: image._id, increment: { failed: 1 } });
  }
}

/** What failed by a fault of the image or its host was one of its tries; a host or an engine that is not free is none. */
async function putBack(
  { database, settleRequest, metrics }: Deps,
  { _id, epoch }: RequestSnapshot,
  { image, claim }: ClaimedImage,
  { reason, pauseMs }: { reason: DeferReason; pauseMs: number },
): Promise<void> {
  const counted = reason !== 'UNAVAILABLE' && reason !== 'HOST_BUSY';
  if (!(await database.images.deferImage(image._id, claim, new Date(Date.now() + pauseMs), counted))) return;
  metrics.imageDeferred(reason);
  if (!(await database.requests.countDeferred(_id, epoch, 1))) await settleRequest(_id);
}
