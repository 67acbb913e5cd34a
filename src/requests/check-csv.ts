import { type CsvError, CsvFileError } from '../domain/csv-error.js';
import type { RequestDeps } from './deps.js';
import { readUpload, type UploadedFile } from './read-upload.js';

export interface CheckOutcome {
  /** Rows that would be taken, and the image URLs in them. */
  rows: number;
  imageUrls: number;
  errors: CsvError[];
  errorCount: number;
}

export type CheckCsv = (file: UploadedFile) => Promise<CheckOutcome>;

/** Checks a CSV as `uploadCsv` would, and keeps nothing of it. */
export function createCheckCsv({ limits }: Pick<RequestDeps, 'limits'>): CheckCsv {
  return async (file) => {
    try {
      const { check } = await readUpload(file, limits, null);
      const { rows, imageUrls, errors, errorCount } = check;
      return { rows, imageUrls, errors, errorCount };
    } catch (error) {
      if (!(error instanceof CsvFileError)) throw error;
      return { rows: 0, imageUrls: 0, errors: [error.error], errorCount: 1 };
    }
  };
}
