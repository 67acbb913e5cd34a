export const ProcessingErrorCode = {
  FETCH_FAILED: 'FETCH_FAILED',
  FETCH_TIMEOUT: 'FETCH_TIMEOUT',
  HTTP_ERROR: 'HTTP_ERROR',
  BLOCKED_ADDRESS: 'BLOCKED_ADDRESS',
  TOO_MANY_REDIRECTS: 'TOO_MANY_REDIRECTS',
  RESPONSE_TOO_LARGE: 'RESPONSE_TOO_LARGE',
  NOT_AN_IMAGE: 'NOT_AN_IMAGE',
  UNSUPPORTED_FORMAT: 'UNSUPPORTED_FORMAT',
  CORRUPT_IMAGE: 'CORRUPT_IMAGE',
  TOO_MANY_PIXELS: 'TOO_MANY_PIXELS',
  TOO_MANY_FRAMES: 'TOO_MANY_FRAMES',
  PROCESSING_TIMEOUT: 'PROCESSING_TIMEOUT',
  STORAGE_FAILED: 'STORAGE_FAILED',
  INTERNAL: 'INTERNAL',
} as const;
export type ProcessingErrorCode = (typeof ProcessingErrorCode)[keyof typeof ProcessingErrorCode];

/** Why one image could not be made: a code and a sentence that a person may read. */
export class ProcessingError extends Error {
  readonly code: ProcessingErrorCode;
  /** Whether another try can help (a timeout, a 5xx, a 429). */
  readonly retryable: boolean;
  /** What the host asked for with Retry-After, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ProcessingErrorCode,
    message: string,
    options: { retryable?: boolean; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ProcessingError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}
