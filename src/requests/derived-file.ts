import { AppError } from '../domain/errors.js';
import { isTerminal } from '../domain/request-status.js';
import type { RequestSnapshot } from '../models/request.js';

/** A file that is made of a request while it is sent. */
export interface DerivedFile {
  fileName: string;
  body: AsyncGenerator<Uint8Array>;
}

/** @throws AppError CONFLICT while the request has not ended: what the file holds may still change */
export function requireEnded({ status }: RequestSnapshot): void {
  if (!isTerminal(status)) throw new AppError('CONFLICT', 'The request has not ended yet.');
}

/** What a file made of an upload is called: `spring-errors.csv` of `spring.xlsx`. */
export function derivedName({ fileName }: RequestSnapshot, ending: string): string {
  return `${fileName.replace(/\.[^.]*$/, '')}-${ending}`;
}
