/** The codes of every error a client can meet, over REST, GraphQL and WebSocket, with the HTTP status of each. */
export const ERROR_STATUS = {
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  FILE_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  INVALID_CSV: 422,
  IDEMPOTENCY_KEY_REUSED: 422,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** Ends the start of a process, with a sentence for who started it that names what to set. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartError';
  }
}

/** An error whose code and sentence may be shown to a client as they are. Anything else becomes INTERNAL at the edge. */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** What is named beside the sentence: `field` for bad options, `rows` for a refused CSV. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }
}

/** A bad option; names the field as the client wrote it. */
export function badInput(field: string, message: string): AppError {
  return new AppError('BAD_USER_INPUT', message, { field });
}

/** Why an engine does nothing for us just now. */
export type Outage = keyof typeof OUTAGES;

const OUTAGES = {
  unreachable: 'cannot be reached',
  full: 'has no room left',
  denied: 'refuses the service its rights',
} as const;

/** An engine of ours that is away for now: what is in work waits for it, and a client is told to come again. */
export class UnavailableError extends AppError {
  readonly engine: string;
  readonly outage: Outage;

  constructor(engine: string, outage: Outage, cause: unknown) {
    super('UNAVAILABLE', `The ${engine} ${OUTAGES[outage]}; try again later.`);
    this.engine = engine;
    this.outage = outage;
    this.cause = cause;
  }
}

export function unavailable(engine: string, cause?: unknown, outage: Outage = 'unreachable'): UnavailableError {
  return new UnavailableError(engine, outage, cause);
}

export function isUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.code === 'UNAVAILABLE';
}

export function notFound(what: string): AppError {
  return new AppError('NOT_FOUND', `There is no ${what} with this id.`);
}
