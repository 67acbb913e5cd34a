import { badInput } from './errors.js';

const ISO_8601 = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** When a request is to be gone. @throws AppError BAD_USER_INPUT where that is no moment to come */
export function parseExpiry(given: Date | string | null | undefined): Date | null {
  if (given === null || given === undefined) return null;
  const moment = typeof given === 'string' && !ISO_8601.test(given) ? Number.NaN : new Date(given).getTime();
  if (!(moment > Date.now())) {
    throw badInput('expiresAt', 'expiresAt is a moment to come in ISO 8601, as 2030-12-31T23:59:59Z.');
  }
  return new Date(moment);
}
