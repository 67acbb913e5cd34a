import type { ErrorRequestHandler } from 'express';
import { AppError, ERROR_STATUS } from '../domain/errors.js';
import type { Log } from '../domain/log.js';

/** What an answer says of a file that it was to bring: an error is none, and nobody is to keep it as one. */
const OF_FILES = [
  'content-type',
  'content-disposition',
  'content-range',
  'accept-ranges',
  'etag',
  'last-modified',
] as const;

/** Turns whatever was thrown into the answer of the error table; nothing of a stack reaches a client. */
export function createErrorHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const known = toAppError(error);
    if (!known) log.error({ error, method: request.method, path: request.path }, 'request failed');
    const { code, message, details } = known ?? new AppError('INTERNAL', 'Something went wrong on our side.');
    if (response.headersSent) {
      next(error);
      return;
    }
    for (const name of OF_FILES) response.removeHeader(name);
    response.set('cache-control', 'no-store');
    if (typeof details['retryAfter'] === 'number') response.set('retry-after', String(details['retryAfter']));
    response.status(ERROR_STATUS[code]);
    // What goes wrong before Apollo has the operation is told in the form that its clients read.
    if (request.originalUrl.split('?')[0] === '/graphql') {
      response.json({ errors: [{ message, extensions: { code, ...details } }] });
    } else {
      response.json({ error: { code, message, ...details } });
    }
  };
}

/** Express and its parsers throw errors with a status: a client's mistake, told in our words. */
function toAppError(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  if (status === 413) return new AppError('FILE_TOO_LARGE', 'The body of the request is too large.');
  if (status === 415) return new AppError('UNSUPPORTED_MEDIA_TYPE', 'The body of the request is of the wrong type.');
  return status >= 400 && status < 500 ? new AppError('BAD_USER_INPUT', 'The request cannot be read.') : null;
}
