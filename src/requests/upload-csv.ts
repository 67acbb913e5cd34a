import { type CsvError, CsvFileError } from '../domain/csv-error.js';
import type { CsvWarning } from '../domain/csv-warning.js';
import { AppError, badInput } from '../domain/errors.js';
import { newRequestId, type RequestId } from '../domain/ids.js';
import type { RequestOptions } from '../domain/options.js';
import type { Request, RequestSnapshot } from '../models/request.js';
import { inputCsvKey } from '../storage/keys.js';
import { advance } from './advance.js';
import type { RequestDeps } from './deps.js';
import { type ReadUpload, readUpload, type UploadedFile } from './read-upload.js';

const MAX_KEY_CHARS = 255;
const MAX_FILE_NAME_CHARS = 255;

type Deps = Pick<RequestDeps, 'database' | 'storage' | 'queue' | 'progress' | 'limits' | 'log' | 'metrics' | 'tracing'>;

export interface UploadSettings {
  options: RequestOptions;
  idempotencyKey: string | null;
  /** When the request is to be gone, ended or not; null leaves it to the operator. */
  expiresAt: Date | null;
}

export interface UploadOutcome {
  /** Null when the file was refused. */
  request: RequestSnapshot | null;
  /** Why it was refused, or which rows were left out; at most 100 of `errorCount`. */
  errors: CsvError[];
  errorCount: number;
  /** What was repaired on reading it; at most 100. */
  warnings: CsvWarning[];
}

/**
 * Takes a CSV: checks and stores it in one pass, and makes a request of it that a worker goes on with.
 * @param settings known at the latest when the file has been read: a form may name its options after the file
 * @throws AppError BAD_USER_INPUT, IDEMPOTENCY_KEY_REUSED
 */
export type UploadCsv = (
  owner: string,
  file: UploadedFile,
  settings: UploadSettings | Promise<UploadSettings>,
) => Promise<UploadOutcome>;

export function createUploadCsv(deps: Deps): UploadCsv {
  const { database, storage, limits, log, metrics, tracing } = deps;
  const takeUpload: UploadCsv = async (owner, file, settings) => {
    const id = newRequestId();
    const key = inputCsvKey(id);
    const discard = () =>
      storage.delete([key]).catch((error) => log.warn({ requestId: id, key, error }, 'upload not removed'));
    let isRecorded = false;
    try {
      const read = await readUpload(file, limits, { storage, key });
      const chosen = await settings;
      checkKey(chosen.idempotencyKey);
      const refused = refusal(read, chosen.options);
      if (refused) {
        await discard();
        metrics.uploadTaken('refused', read.bytes);
        return refused;
      }
      if (read.check.errorCount > 0) await database.skippedRows.keep(id, read.check.errors);
      if (read.check.warningCount > 0) await database.fileWarnings.keep(id, read.check.warnings);
      // From here on a request may name the file, even where the answer is an error: what none names is swept later.
      isRecorded = true;
      const request = await database.requests.createRequest(newRequest(id, owner, file.fileName, read, chosen));
      if (request._id !== id) {
        await Promise.all([discard(), database.skippedRows.remove([id]), database.fileWarnings.remove([id])]);
        const same = sameFile(request, read);
        metrics.uploadTaken('repeated', read.bytes);
        return { request: same, errors: [], errorCount: 0, warnings: [] };
      }
      metrics.uploadTaken('accepted', read.bytes);
      await advance(deps, request);
      const { errors, errorCount, warnings } = read.check;
      return { request, errors, errorCount, warnings };
    } catch (error) {
      if (!isRecorded) await discard();
      if (!(error instanceof CsvFileError)) throw error;
      metrics.uploadTaken('refused', 0);
      return { request: null, errors: [error.error], errorCount: 1, warnings: [] };
    }
  };
  return (...given) =>
    tracing.span('uploadCsv', {}, async (span) => {
      const outcome = await takeUpload(...given);
      if (outcome.request) span.set({ requestId: outcome.request._id });
      return outcome;
    });
}

function checkKey(key: string | null): void {
  if (key !== null && (key.length === 0 || key.length > MAX_KEY_CHARS)) {
    throw badInput('idempotencyKey', `idempotencyKey has 1 to ${MAX_KEY_CHARS} characters.`);
  }
}

function refusal({ check }: ReadUpload, { invalidRows }: RequestOptions): UploadOutcome | null {
  const { imageUrls, errors, errorCount, warnings } = check;
  if (errorCount === 0 || (invalidRows === 'SKIP_ROW' && imageUrls > 0)) return null;
  return { request: null, errors, errorCount, warnings };
}

/** @throws AppError where the key was used for another file */
function sameFile(request: RequestSnapshot, { sha256 }: ReadUpload): RequestSnapshot {
  if (request.fileHash === sha256) return request;
  throw new AppError('IDEMPOTENCY_KEY_REUSED', 'This idempotency key was used before, with another file.');
}

function newRequest(
  id: RequestId,
  owner: string,
  fileName: string,
  { check, bytes, sha256 }: ReadUpload,
  { options, idempotencyKey, expiresAt }: UploadSettings,
): Request {
  const now = new Date();
  return {
    _id: id,
    owner,
    uploadKey: idempotencyKey === null ? `id:${id}` : `key:${idempotencyKey}`,
    status: 'PENDING',
    revision: 1,
    epoch: 1,
    fileName: fileName.slice(0, MAX_FILE_NAME_CHARS) || 'upload.csv',
    fileBytes: bytes,
    fileHash: sha256,
    fileKind: check.kind,
    isWindows1252: check.isWindows1252,
    dialect: check.dialect,
    optionColumns: check.optionColumns,
    createdAt: now,
    startedAt: null,
    finishedAt: null,
    counts: { rows: check.rows, imageUrls: check.imageUrls, total: null, completed: 0, failed: 0, cancelled: 0 },
    bytes: { original: 0, compressed: 0 },
    flow: { expanded: 0, released: 0, inFlight: 0, deferred: 0, movedAt: now },
    rate: { since: now, from: 0 },
    options,
    reopening: false,
    skippedRowCount: check.skippedRows,
    warningCount: check.warningCount,
    outputKey: null,
    error: null,
    webhook: options.webhookUrl ? newWebhook(options.webhookUrl) : null,
    expiresAt,
    deletedAt: null,
    sweepAt: null,
  };
}

function newWebhook(url: string): Request['webhook'] {
  return {
    url,
    status: 'WAITING',
    messageId: null,
    attempts: 0,
    nextAttemptAt: null,
    lastAttemptAt: null,
    lastError: null,
  };
}
