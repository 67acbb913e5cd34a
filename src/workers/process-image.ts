import { randomUUID } from 'node:crypto';
import type { ImageId, RequestId } from '../domain/ids.js';
import { MAX_ATTEMPTS } from '../domain/limits.js';
import { ProcessingError } from '../domain/processing-error.js';
import { retryPauseMs } from '../domain/retry.js';
import { HostBusyError } from '../images/host-gate.js';
import type { Image } from '../models/image.js';
import type { RequestSnapshot } from '../models/request.js';
import type { CountImage } from './count-image.js';
import type { WorkerDeps } from './deps.js';
import type { MakeImage } from './make-image.js';
import type { RequestCache } from './request-cache.js';

/** How long a claim holds, in milliseconds: well above the limits of fetching and compressing together. */
const LEASE_MS = 120_000;
/** An image whose worker was lost this many times beyond its tries is taken for the cause. */
const MAX_LOST_WORKERS = 2;
/** How long an image waits for a host that is at its limit and slow, in milliseconds. */
const BUSY_PAUSE_MS = 8_000;

type Deps = Pick<WorkerDeps, 'database' | 'log'> & {
  cache: RequestCache;
  makeImage: MakeImage;
  countImage: CountImage;
};

export type ProcessImage = (message: { requestId: RequestId; imageId: ImageId }, signal: AbortSignal) => Promise<void>;

/** Works on one image: takes it, makes it, records how it ended, counts it. A second delivery finds nothing to do. */
export function createProcessImage(deps: Deps): ProcessImage {
  const { database, cache, makeImage, countImage } = deps;
  return async ({ requestId, imageId }, signal) => {
    const request = await cache.get(requestId);
    if (request?.status !== 'PROCESSING') return;
    const claim = randomUUID();
    const image = await database.images.claimImage(imageId, claim, new Date(Date.now() + LEASE_MS));
    if (!image) return;
    try {
      if (image.attempts > MAX_ATTEMPTS + MAX_LOST_WORKERS) {
        throw new ProcessingError('INTERNAL', 'The image could not be worked on.');
      }
      const made = await makeImage(image, request.options, signal);
      if (!(await database.images.completeImage(imageId, claim, made.result))) {
        await made.discard();
        return;
      }
      await countImage(request, imageId, {
        completed: 1,
        originalBytes: made.result.original.bytes,
        compressedBytes: made.result.compressed.bytes,
      });
    } catch (error) {
      await recordFailure(deps, request, image, claim, error, signal);
    }
  };
}

/** Puts the image back where another try can help, else records why it failed. */
async function recordFailure(
  { database, countImage, log }: Deps,
  request: RequestSnapshot,
  image: Image,
  claim: string,
  error: unknown,
  signal: AbortSignal,
): Promise<void> {
  const { images, requests } = database;
  if (signal.aborted) {
    await images.handBackImage(image._id, claim);
    return;
  }
  const defer = async (pauseMs: number, counted: boolean) => {
    if (await images.deferImage(image._id, claim, new Date(Date.now() + pauseMs), counted)) {
      await requests.countDeferred(request._id, request.epoch, 1);
    }
  };
  if (error instanceof HostBusyError) return defer(BUSY_PAUSE_MS * (1 + Math.random()), false);
  if (!(error instanceof ProcessingError)) {
    await images.handBackImage(image._id, claim);
    throw error;
  }
  if (error.retryable && image.attempts < MAX_ATTEMPTS) {
    return defer(retryPauseMs(image.attempts, error.retryAfterMs), true);
  }
  log.info({ imageId: image._id, code: error.code }, 'image failed');
  const { code, message } = error;
  if (await images.failImage(image._id, claim, { code, message })) {
    await countImage(request, image._id, { failed: 1 });
  }
}
