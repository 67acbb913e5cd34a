import { readRows } from '../csv/read-rows.js';
import { createRowImageId } from '../csv/row-image-id.js';
import { type ImageOutcome, writeOutput } from '../csv/write-output.js';
import { allImagesEnded } from '../domain/counts.js';
import { ProcessingErrorCode } from '../domain/processing-error.js';
import { terminalStatus } from '../domain/request-status.js';
import type { Image } from '../models/image.js';
import { type RequestSnapshot, readingRulesOf } from '../models/request.js';
import type { RequestEnd } from '../models/request-transitions.js';
import { inputCsvKey, outputCsvKey } from '../storage/keys.js';
import { ObjectNotFoundError } from '../storage/object-storage.js';
import type { WorkerDeps } from './deps.js';

type Deps = Pick<WorkerDeps, 'database' | 'storage' | 'limits' | 'progress' | 'log' | 'metrics' | 'tracing'> & {
  /** The URL given out for a stored object. */
  objectUrl: (key: string) => string;
  /** Deliveries that were under way may store something for this long after the end, in milliseconds: then its folder is searched. */
  sweepAfterMs: number;
  /** Called after the end was written. */
  onEnd: (request: RequestSnapshot) => void;
};

export type CompleteRequest = (request: RequestSnapshot) => Promise<void>;

/**
 * Ends a request whose images have all ended: the output CSV first, then one guarded write of the terminal state, so
 * that what the state promises is there before it. Whoever comes second writes the same bytes and moves nothing.
 */
export function createCompleteRequest(deps: Deps): CompleteRequest {
  const { database, progress, log, metrics, tracing, onEnd, sweepAfterMs } = deps;
  const complete = async (request: RequestSnapshot, status: 'PROCESSING' | 'CANCELLING') => {
    const end: RequestEnd = {
      status: terminalStatus(status, request.counts),
      outputKey: await storeOutput(deps, request).catch((error: unknown) => withoutUpload(deps, request, error)),
      error: null,
      sweepAt: new Date(Date.now() + sweepAfterMs),
    };
    if (end.status === 'FAILED') end.error = await commonError(deps, request);
    if (!end.outputKey) end.error = { code: 'STORAGE_FAILED', message: 'There is no output CSV: the upload is lost.' };
    const ended = await database.requests.finishRequest(request, end);
    if (!ended) return;
    log.info({ requestId: ended._id, status: ended.status, ...ended.counts }, 'request ended');
    metrics.requestEnded(end.status, (Date.now() - ended.rate.since.getTime()) / 1_000);
    progress.report(ended);
    onEnd(ended);
  };
  return async (request) => {
    const { _id, status, counts, reopening } = request;
    if (reopening || !allImagesEnded(counts) || (status !== 'PROCESSING' && status !== 'CANCELLING')) return;
    await tracing.span('completeRequest', { fields: { requestId: _id } }, () => complete(request, status));
  };
}

async function commonError({ database }: Pick<Deps, 'database'>, { _id, counts }: RequestSnapshot) {
  const [first] = await database.images.page(_id, 'FAILED', -1, 1);
  return {
    code: first?.error?.code ?? ProcessingErrorCode.INTERNAL,
    message: `None of the ${counts.total} images could be made. The first: ${first?.error?.message ?? 'unknown.'}`,
  };
}

async function storeOutput(deps: Deps, request: RequestSnapshot): Promise<string> {
  const key = outputCsvKey(request._id, request.epoch);
  await deps.storage.put(key, output(deps, request));
  return key;
}

/**
 * A cancelled request ends without an output CSV where its upload is lost. Any other waits: AWS_BUCKET_NAME may be
 * wrong for a while, and its client can cancel it.
 */
function withoutUpload({ log }: Deps, { _id, status }: RequestSnapshot, error: unknown): null {
  if (status !== 'CANCELLING' || !(error instanceof ObjectNotFoundError)) throw error;
  log.error({ requestId: _id, error }, 'upload lost: the cancelled request ends without an output CSV');
  return null;
}

async function* output({ database, storage, limits, objectUrl }: Deps, request: RequestSnapshot) {
  const { body } = await storage.get(inputCsvKey(request._id));
  const rows = await readRows(body, ...readingRulesOf(request, limits));
  const hasErrors = request.counts.failed + request.counts.cancelled + request.skippedRowCount > 0;
  yield* writeOutput(rows, {
    hasErrors,
    // Missing in a request of a version that did not know it.
    replaceUrls: request.options.replaceUrls ?? false,
    imageIdOf: createRowImageId(request),
    async outcomes(ids) {
      const images = await database.images.findImages([...new Set(ids)]);
      return new Map(images.map((image) => [image._id, outcomeOf(image, objectUrl)]));
    },
  });
}

function outcomeOf({ compressed, error, status }: Image, objectUrl: (key: string) => string): ImageOutcome {
  if (compressed) return { outputUrl: objectUrl(compressed.key) };
  return { error: error ? `${error.code}: ${error.message}` : status };
}
