import { CsvDialect } from '../domain/csv-dialect.js';
import { type CsvError, CsvFileError } from '../domain/csv-error.js';
import type { CsvWarning } from '../domain/csv-warning.js';
import type { RequestDeps } from './deps.js';
import { readUpload, type UploadedFile } from './read-upload.js';

export interface CheckOutcome {
  /** PLAIN where the file cannot be read at all. */
  dialect: CsvDialect;
  /** The headers of the columns whose cells are options for their row. */
  optionColumns: string[];
  /** Rows that would be taken, and the image URLs in them. */
  rows: number;
  imageUrls: number;
  errors: CsvError[];
  errorCount: number;
  /** What was repaired on reading: at most 100 of `warningCount`. */
  warnings: CsvWarning[];
  warningCount: number;
}

export type CheckCsv = (file: UploadedFile) => Promise<CheckOutcome>;

/** Checks a CSV as `uploadCsv` would, and keeps nothing of it. */
export function createCheckCsv({ limits }: Pick<RequestDeps, 'limits'>): CheckCsv {
  return async (file) => {
    try {
      return (await readUpload(file, limits, null)).check;
    } catch (error) {
      if (!(error instanceof CsvFileError)) throw error;
      const nothing = { optionColumns: [], rows: 0, imageUrls: 0, warnings: [], warningCount: 0 };
      return { dialect: CsvDialect.PLAIN, ...nothing, errors: [error.error], errorCount: 1 };
    }
  };
}
