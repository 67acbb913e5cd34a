import type { CsvErrorViewFragment } from './generated/types.js';

/** The codes of the service's error table, and UNREACHABLE where there is no service to answer. */
export type PixelpressErrorCode =
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'FILE_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'INVALID_CSV'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'RATE_LIMITED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'UNREACHABLE';

/** What is told beside the code and the sentence. */
export interface PixelpressErrorDetails {
  /** The option that cannot be, as the schema names it. */
  field?: string;
  /** Seconds after which it is worth asking again. */
  retryAfter?: number;
  /** What is wrong with a refused CSV, by row and column; at most 100 of `userErrorCount`. */
  userErrors?: readonly CsvErrorViewFragment[];
  userErrorCount?: number;
  cause?: unknown;
}

/** Thrown by every call of the client: a code to decide by, and a sentence for a person as its message. */
export class PixelpressError extends Error {
  readonly code: PixelpressErrorCode;
  readonly field: string | null;
  readonly retryAfter: number | null;
  readonly userErrors: readonly CsvErrorViewFragment[];
  readonly userErrorCount: number;

  constructor(code: PixelpressErrorCode, message: string, details: PixelpressErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.name = 'PixelpressError';
    this.code = code;
    this.field = details.field ?? null;
    this.retryAfter = details.retryAfter ?? null;
    this.userErrors = details.userErrors ?? [];
    this.userErrorCount = details.userErrorCount ?? this.userErrors.length;
  }
}
