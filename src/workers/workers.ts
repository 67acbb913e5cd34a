import { MAX_ATTEMPTS } from '../domain/limits.js';
import type { Consumer } from '../messaging/work-queue.js';
import type { RequestSnapshot } from '../models/request.js';
import { createAdvanceRequest } from './advance-request.js';
import { createCancelImages } from './cancel-images.js';
import { type Claims, createClaims } from './claims.js';
import { createCompleteRequest } from './complete-request.js';
import { createCountImage } from './count-image.js';
import { createDeliverDue, createDeliverWebhook } from './deliver-webhook.js';
import type { WorkerDeps } from './deps.js';
import { every } from './every.js';
import { createExpandRequest } from './expand-request.js';
import { createExpireRequests } from './expire-requests.js';
import type { MakeImage } from './make-image.js';
import { createProcessImage } from './process-image.js';
import { createPurgeDeleted } from './purge-deleted.js';
import { createPurgeRequest } from './purge-request.js';
import { createReconcile } from './reconcile.js';
import { createRecordCompleted } from './record-completed.js';
import { createRecount, createRecountSoon } from './recount.js';
import { createReleaseImages } from './release-images.js';
import { createReopenImages } from './reopen-images.js';
import { createRequestCache } from './request-cache.js';
import { createRecordStage, timeStages } from './run-stage.js';
import { createSettleRequest } from './settle-request.js';
import { createSweepObjects } from './sweep-objects.js';
import { createSweepStorage } from './sweep-storage.js';
import { createTakeUpDueImages } from './take-up-due-images.js';

/** Requests expanded, cancelled or removed at once by one process. */
const REQUESTS_AT_ONCE = 4;
/** A lease holds for half the time between two reconciliations, so that the second finds what a dead worker held. */
const LEASES_PER_RECONCILE = 2;
/** Reconciliations between the end of a request and the search of its folder. */
const RECONCILES_TO_SWEEP = 5;
/** A worker that held an image of a deleted request may store something for this long, in milliseconds. */
const KEEP_DELETED_MS = 10 * 60_000;
const DUE_EVERY_MS = 500;
const WEBHOOKS_EVERY_MS = 5_000;

type Told = Parameters<typeof createDeliverWebhook>[0];

export interface WorkersOptions extends WorkerDeps, Omit<Told, keyof WorkerDeps> {
  makeImage: MakeImage;
  /** Images in hand at once. */
  concurrency: number;
  /** No other process works on this database. */
  alone: boolean;
  /** Between two reconciliations, in milliseconds. */
  reconcileEveryMs: number;
  uploadTimeoutMs: number;
  /** How long ended requests are kept, in milliseconds; null is for ever. */
  retentionMs: number | null;
  objectUrl: (key: string) => string;
}

/** Starts everything that a worker process does. Closing hands back what is in work. */
export async function startWorkers(options: WorkersOptions): Promise<{ close(): Promise<void> }> {
  const { queue, log, alone } = options;
  const { deliverNext, deliverDue } = createDeliverDue(createDeliverWebhook(options));
  const stopping = new AbortController();
  const onEnd = (request: RequestSnapshot) => {
    if (!request.webhook) return;
    const { _id: requestId } = request;
    deliverNext(stopping.signal, requestId).catch((error) => log.error({ requestId, error }, 'webhook not told'));
  };
  const claims = createClaims({ ...options, leaseMs: options.reconcileEveryMs / LEASES_PER_RECONCILE });
  const { advanceRequest, processImage, takeUpDueImages, reconcile, giveUpImage, purgeDeleted, expireRequests } = wire(
    options,
    claims,
    onEnd,
  );

  // Mends what the last run left before anything new begins.
  await reconcile(alone);
  const consumers: Consumer[] = await Promise.all([
    queue.consume('requests', {
      concurrency: REQUESTS_AT_ONCE,
      handle: advanceRequest,
      // The request stays as it is, and the reconciler puts it out again.
      onDead: async (message, error) => log.error({ ...message, error }, 'request could not be advanced'),
    }),
    queue.consume('images', { concurrency: options.concurrency, handle: processImage, onDead: giveUpImage }),
  ]);
  const tasks = [
    every(DUE_EVERY_MS, 'take up due images', takeUpDueImages, log),
    every(options.reconcileEveryMs, 'reconcile', () => reconcile(false), log),
    every(options.reconcileEveryMs, 'remove deleted requests', purgeDeleted, log),
    every(options.reconcileEveryMs, 'expire requests', expireRequests, log),
    every(options.uploadTimeoutMs, 'sweep the object store', createSweepStorage(options), log),
    every(WEBHOOKS_EVERY_MS, 'deliver webhooks', deliverDue, log),
  ];
  return {
    async close() {
      stopping.abort();
      await Promise.all([...consumers, ...tasks].map((each) => each.close()));
      await claims.close();
    },
  };
}

/** The workers, each made of what it needs of the others. */
function wire(options: WorkersOptions, claims: Claims, onEnd: (request: RequestSnapshot) => void) {
  const { database } = options;
  const cache = createRequestCache(database);
  const onStage = createRecordStage(options);
  const runStage = timeStages(onStage);
  const recount = createRecount({ ...options, cache });
  const recountSoon = createRecountSoon(recount);
  const releaseImages = createReleaseImages(options);
  const sweepAfterMs = RECONCILES_TO_SWEEP * options.reconcileEveryMs;
  const completeRequest = createCompleteRequest({ ...options, onEnd, sweepAfterMs });
  const purgeRequest = createPurgeRequest({ ...options, keepDocumentMs: KEEP_DELETED_MS });
  const steps = { ...options, cache, onStage, runStage, claims, recount, releaseImages, completeRequest, purgeRequest };
  const countImage = createCountImage({ ...steps, recount: recountSoon });
  const cancelImages = createCancelImages(steps);
  const advanceRequest = createAdvanceRequest({
    ...steps,
    expandRequest: createExpandRequest(steps),
    cancelImages,
    reopenImages: createReopenImages(steps),
  });
  const processImage = createProcessImage({
    ...steps,
    recordCompleted: createRecordCompleted(steps),
    countImage,
    settleRequest: createSettleRequest({ ...steps, recount: recountSoon, cancelImages }),
  });
  return {
    advanceRequest,
    purgeDeleted: createPurgeDeleted({ ...steps, keepDocumentMs: KEEP_DELETED_MS }),
    expireRequests: createExpireRequests(steps),
    processImage,
    takeUpDueImages: createTakeUpDueImages(steps),
    reconcile: createReconcile({
      ...steps,
      stalledMs: options.reconcileEveryMs,
      sweepObjects: createSweepObjects(options),
    }),
    /** A message that could not be worked on: its image fails, so that its request ends. */
    async giveUpImage({ requestId, imageId }: Parameters<typeof processImage>[0], error: unknown): Promise<void> {
      options.log.error({ requestId, imageId, error }, 'image given up');
      const request = await database.requests.findRequest(requestId);
      const failure = {
        code: 'INTERNAL',
        message: `The image could not be worked on in ${MAX_ATTEMPTS} tries.`,
      } as const;
      if (request && (await database.images.failUnended(imageId, failure))) {
        options.metrics.imageFailed(failure.code);
        await countImage({ seen: request, imageId, increment: { failed: 1 } });
      }
    },
  };
}
