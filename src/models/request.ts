import { index, modelOptions, prop } from '@typegoose/typegoose';
import type { Counts } from '../domain/counts.js';
import { CsvDialect } from '../domain/csv-dialect.js';
import type { RequestId } from '../domain/ids.js';
import type { RowLimits } from '../domain/limits.js';
import { InvalidRowPolicy, OutputFormat, type RequestOptions } from '../domain/options.js';
import type { ProcessingErrorCode } from '../domain/processing-error.js';
import { RequestStatus } from '../domain/request-status.js';
import type { SimilarityCounts, Thousandths } from '../domain/similarity.js';

const part = { schemaOptions: { _id: false } } as const;

@modelOptions(part)
class RequestCounts implements Counts {
  @prop({ type: () => Number, required: true })
  rows!: number;
  @prop({ type: () => Number, required: true })
  imageUrls!: number;
  @prop({ type: () => Number, default: null })
  total!: number | null;
  @prop({ type: () => Number, default: 0 })
  completed!: number;
  @prop({ type: () => Number, default: 0 })
  failed!: number;
  @prop({ type: () => Number, default: 0 })
  cancelled!: number;
}

@modelOptions(part)
class RequestBytes {
  @prop({ type: () => Number, default: 0 })
  original!: number;
  @prop({ type: () => Number, default: 0 })
  compressed!: number;
}

@modelOptions(part)
class RequestSimilarity implements SimilarityCounts {
  @prop({ type: () => Number, required: true })
  images!: number;
  @prop({ type: () => Number, required: true })
  sum!: Thousandths;
  @prop({ type: () => Number, required: true })
  worst!: Thousandths;
}

/** Where the request stands on its way through the bus. Not facts: a recount sets it right after a crash. */
@modelOptions(part)
class RequestFlow {
  /** Images with a smaller `seq` have been written. */
  @prop({ type: () => Number, default: 0 })
  expanded!: number;
  /** Images with a smaller `seq` have been put on the bus. */
  @prop({ type: () => Number, default: 0 })
  released!: number;
  /** Images on the bus or in work. */
  @prop({ type: () => Number, default: 0 })
  inFlight!: number;
  /** Images put back with `notBefore`. */
  @prop({ type: () => Number, default: 0 })
  deferred!: number;
  /** When an image last ended or was put out: where nothing moves, a message was lost. */
  @prop({ type: () => Date, required: true })
  movedAt!: Date;
}

/** What the file may hold. */
@modelOptions(part)
class StoredRowLimits implements RowLimits {
  @prop({ type: () => Number, required: true })
  maxFileBytes!: number;
  @prop({ type: () => Number, required: true })
  maxRows!: number;
  @prop({ type: () => Number, required: true })
  maxImagesPerRow!: number;
}

/** Since when, and from how many ended images on, the rate is reckoned. */
@modelOptions(part)
class RequestRate {
  @prop({ type: () => Date, required: true })
  since!: Date;
  @prop({ type: () => Number, default: 0 })
  from!: number;
}

@modelOptions(part)
class StoredOptions implements RequestOptions {
  @prop({ type: () => String, enum: Object.values(OutputFormat), required: true })
  format!: OutputFormat;
  @prop({ type: () => Number, default: null })
  quality!: number | null;
  @prop({ type: () => Number, default: null })
  maxDimension!: number | null;
  @prop({ type: () => Boolean, required: true })
  keepMetadata!: boolean;
  @prop({ type: () => Number, default: null })
  minSimilarity?: number | null;
  @prop({ type: () => Boolean, default: false })
  measureSimilarity?: boolean;
  @prop({ type: () => String, enum: Object.values(InvalidRowPolicy), required: true })
  invalidRows!: InvalidRowPolicy;
  @prop({ type: () => String, default: null })
  webhookUrl!: string | null;
  @prop({ type: () => Boolean, default: false })
  replaceUrls!: boolean;
}

@modelOptions(part)
class StoredError {
  @prop({ type: () => String, required: true })
  code!: ProcessingErrorCode;
  @prop({ type: () => String, required: true })
  message!: string;
}

@modelOptions(part)
class Webhook {
  @prop({ type: () => String, required: true })
  url!: string;
  /** WAITING until the request ends: then the duty begins in the same write. */
  @prop({ type: () => String, required: true })
  status!: 'WAITING' | 'PENDING' | 'DELIVERED' | 'FAILED';
  /** Standard Webhooks' `webhook-id`: of this end of the request, the same at every try. */
  @prop({ type: () => String, default: null })
  messageId!: string | null;
  @prop({ type: () => Number, default: 0 })
  attempts!: number;
  @prop({ type: () => Date, default: null })
  nextAttemptAt!: Date | null;
  @prop({ type: () => Date, default: null })
  lastAttemptAt!: Date | null;
  @prop({ type: () => String, default: null })
  lastError!: string | null;
}

/** One uploaded CSV. */
@index({ owner: 1, uploadKey: 1 }, { unique: true })
@index({ owner: 1, createdAt: -1, _id: -1 })
@index({ owner: 1, status: 1, createdAt: -1, _id: -1 })
@index({ status: 1, _id: 1 })
@index({ 'webhook.status': 1, 'webhook.nextAttemptAt': 1 })
@index({ deletedAt: 1, finishedAt: 1 })
@index({ deletedAt: 1, expiresAt: 1 })
@index({ deletedAt: 1, sweepAt: 1 })
@modelOptions({
  schemaOptions: { collection: 'requests', versionKey: false, minimize: false, autoIndex: false, autoCreate: false },
})
export class Request {
  @prop({ type: () => String, required: true })
  _id!: RequestId;
  /** The name of the API key that made it. */
  @prop({ type: () => String, required: true })
  owner!: string;
  /** Unique for the owner: the idempotency key, or the request's own id where none was given. */
  @prop({ type: () => String, required: true })
  uploadKey!: string;
  @prop({ type: () => String, enum: Object.values(RequestStatus), required: true })
  status!: RequestStatus;
  @prop({ type: () => Number, default: 1 })
  revision!: number;
  /** Fences increments of the counts: a recount raises it, and an increment that finds another one is not made. */
  @prop({ type: () => Number, default: 1 })
  epoch!: number;
  @prop({ type: () => String, required: true })
  fileName!: string;
  @prop({ type: () => Number, required: true })
  fileBytes!: number;
  /** SHA-256 of the uploaded file, in hex. */
  @prop({ type: () => String, required: true })
  fileHash!: string;
  /** What the file is, whatever its name; absent in a request of a version that took nothing but CSV. */
  @prop({ type: () => String })
  fileKind?: 'CSV' | 'XLSX';
  /** Read as Windows-1252: what is made of it begins with a mark, since who reads it will take it for that again. */
  @prop({ type: () => Boolean })
  isWindows1252?: boolean;
  /** Absent in a request of a version that knew one only. */
  @prop({ type: () => String, enum: Object.values(CsvDialect) })
  dialect?: CsvDialect;
  /** The headers of the columns whose cells are options for their row; absent in a request of a version without such. */
  @prop({ type: () => [String], default: undefined })
  optionColumns?: string[];
  /** Those that it was taken under; absent in a request of a version that did not keep them. */
  @prop({ type: () => StoredRowLimits })
  rowLimits?: RowLimits;
  @prop({ type: () => Date, required: true })
  createdAt!: Date;
  @prop({ type: () => Date, default: null })
  startedAt!: Date | null;
  @prop({ type: () => Date, default: null })
  finishedAt!: Date | null;
  @prop({ type: () => RequestCounts, required: true })
  counts!: RequestCounts;
  @prop({ type: () => RequestBytes, required: true })
  bytes!: RequestBytes;
  /** Of the images that were measured; absent until there is one. */
  @prop({ type: () => RequestSimilarity })
  similarity?: RequestSimilarity;
  @prop({ type: () => RequestFlow, required: true })
  flow!: RequestFlow;
  @prop({ type: () => RequestRate, required: true })
  rate!: RequestRate;
  @prop({ type: () => StoredOptions, required: true })
  options!: StoredOptions;
  /** Set between `retryFailedImages` and the moment when its images are PENDING again: no completion till then. */
  @prop({ type: () => Boolean, default: false })
  reopening!: boolean;
  /** How often its failed images were opened again; absent until they are. */
  @prop({ type: () => Number })
  retries?: number;
  @prop({ type: () => Number, default: 0 })
  skippedRowCount!: number;
  /** Of what was repaired on reading the file; absent in a request of a version that did not tell. */
  @prop({ type: () => Number })
  warningCount?: number;
  @prop({ type: () => String, default: null })
  outputKey!: string | null;
  @prop({ type: () => StoredError, default: null })
  error!: StoredError | null;
  @prop({ type: () => Webhook, default: null })
  webhook!: Webhook | null;
  /** When it is to be gone, ended or not, as its client asked; absent in a request of a version that did not know it. */
  @prop({ type: () => Date, default: null })
  expiresAt?: Date | null;
  /** Deleted for every reader; its parts go after it, and then the document itself. */
  @prop({ type: () => Date, default: null })
  deletedAt!: Date | null;
  /** When its folder is next searched for objects that nothing names. */
  @prop({ type: () => Date, default: null })
  sweepAt!: Date | null;
}

/** A request as a read or an update returned it: plain, and as old as that. */
export type RequestSnapshot = Request;

/**
 * What was taken under other limits and rules is read under them to its end: a row that was taken is not to be refused
 * by then, and a column `Format` of a version without option columns held whatever it did. As `readRows` has them.
 */
export function readingRulesOf(
  { rowLimits, optionColumns, isWindows1252 = false }: RequestSnapshot,
  now: RowLimits,
): [RowLimits, { optionColumns: boolean; isWindows1252: boolean }] {
  return [rowLimits ?? now, { optionColumns: optionColumns !== undefined, isWindows1252 }];
}
