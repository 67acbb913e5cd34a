import { type CsvError, CsvFileError } from '../domain/csv-error.js';
import type { CsvWarning } from '../domain/csv-warning.js';
import { AppError, badInput } from '../domain/errors.js';
import { newRequestId, type RequestId } from '../domain/ids.js';
import type { Limits } from '../domain/limits.js';
import type { RequestOptions } from '../domain/options.js';
import { printable } from '../domain/printable.js';
import type { Database } from '../models/database.js';
import type { Request, RequestSnapshot } from '../models/request.js';
import { inputCsvKey } from '../storage/keys.js';
import { advance } from './advance.js';
import type { RequestDeps } from './deps.js';
import { type ReadUpload, readUpload, type UploadedFile } from './read-upload.js';

const MAX_KEY_CHARS = 255;
const MAX_FILE_NAME_CHARS = 255;

type Deps = Pick<RequestDeps, 'database' | 'storage' | 'queue' | 'progress' | 'limits' | 'log' | 'metrics' | 'tracing'>;

export interface Upload extends UploadedFile {
  /** Known before the file is read, so that a file that is refused midway is asked for its request too. */
  idempotencyKey: string | null;
}

export interface UploadSettings {
  options: RequestOptions;
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
  upload: Upload,
  settings: UploadSettings | Promise<UploadSettings>,
) => Promise<UploadOutcome>;

export function createUploadCsv(deps: Deps): UploadCsv {
  const { database, storage, limits, log, metrics, tracing } = deps;
  const takeUpload: UploadCsv = async (owner, upload, settings) => {
    const id = newRequestId();
    const key = inputCsvKey(id);
    const discard = () =>
      storage.delete([key]).catch((error) => log.warn({ requestId: id, key, error }, 'upload not removed'));
    /** What the same file was answered before. */
    const repeat = (request: RequestSnapshot, read: ReadUpload): UploadOutcome => {
      requireSameFile(request, read);
      metrics.uploadTaken('repeated', read.bytes);
      return outcomeOf(request, read);
    };
    let isRecorded = false;
    try {
      const read = await readUpload(upload, limits, { storage, key });
      const chosen = await settings;
      checkKey(upload.idempotencyKey);
      if (isRefused(read, chosen.options)) {
        await discard();
        const before = await findBefore(database, owner, upload);
        if (before) return repeat(before, read);
        metrics.uploadTaken('refused', read.bytes);
        return outcomeOf(null, read);
      }
      if (read.check.errorCount > 0) await database.skippedRows.keep(id, read.check.errors);
      if (read.check.warningCount > 0) await database.fileWarnings.keep(id, read.check.warnings);
      // From here on a request may name the file, even where the answer is an error: what none names is swept later.
      isRecorded = true;
      const request = await database.requests.createRequest(newRequest(id, owner, upload, read, chosen));
      if (request._id !== id) {
        await Promise.all([discard(), database.skippedRows.remove([id]), database.fileWarnings.remove([id])]);
        return repeat(request, read);
      }
      metrics.uploadTaken('accepted', read.bytes);
      await advance(deps, request);
      return outcomeOf(request, read);
    } catch (error) {
      if (!isRecorded) await discard();
      if (!(error instanceof CsvFileError)) throw error;
      const before = await findBefore(database, owner, upload);
      // The rest of it was not read. What was taken by these limits is refused by no reading: this is another file.
      if (before && isWithin(limits, before)) throw keyReused();
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

function isRefused({ check }: ReadUpload, { invalidRows }: RequestOptions): boolean {
  return check.errorCount > 0 && (invalidRows !== 'SKIP_ROW' || check.imageUrls === 0);
}

function outcomeOf(request: RequestSnapshot | null, { check }: ReadUpload): UploadOutcome {
  const { errors, errorCount, warnings } = check;
  return { request, errors, errorCount, warnings };
}

/** The request that was made under the key of an upload which is about to be refused: the key is answered first. */
async function findBefore(database: Database, owner: string, { idempotencyKey }: Upload) {
  return idempotencyKey === null ? null : database.requests.findUpload(owner, uploadKeyOf(idempotencyKey));
}

/** Whether the file of a request was taken by limits that are no wider than those of now. */
function isWithin(limits: Limits, { rowLimits }: RequestSnapshot): boolean {
  if (!rowLimits) return false;
  return rowLimits.maxFileBytes <= limits.maxFileBytes && rowLimits.maxRows <= limits.maxRows;
}

/** @throws AppError where the key was used for another file */
function requireSameFile({ fileHash }: RequestSnapshot, { sha256 }: ReadUpload): void {
  if (fileHash !== sha256) throw keyReused();
}

function keyReused(): AppError {
  return new AppError('IDEMPOTENCY_KEY_REUSED', 'This idempotency key was used before, with another file.');
}

function uploadKeyOf(idempotencyKey: string): string {
  return `key:${idempotencyKey}`;
}

function newRequest(
  id: RequestId,
  owner: string,
  { fileName, idempotencyKey }: Upload,
  { check, bytes, sha256, rowLimits }: ReadUpload,
  { options, expiresAt }: UploadSettings,
): Request {
  const now = new Date();
  return {
    _id: id,
    owner,
    uploadKey: idempotencyKey === null ? `id:${id}` : uploadKeyOf(idempotencyKey),
    status: 'PENDING',
    revision: 1,
    epoch: 1,
    fileName: printable(fileName.slice(0, MAX_FILE_NAME_CHARS)) || 'upload.csv',
    fileBytes: bytes,
    fileHash: sha256,
    fileKind: check.kind,
    isWindows1252: check.isWindows1252,
    dialect: check.dialect,
    optionColumns: check.optionColumns,
    rowLimits,
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
