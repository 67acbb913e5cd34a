import { type CsvError, CsvFileError } from '../domain/csv-error.js';
import { type Limits, MAX_NAMED_CSV_ERRORS } from '../domain/limits.js';
import { readRows } from './read-rows.js';

/** What a file holds, and what is wrong with it. */
export interface CsvCheck {
  /** Good rows, and the image URLs in them. */
  rows: number;
  imageUrls: number;
  skippedRows: number;
  /** The first 100 of `errorCount`. */
  errors: CsvError[];
  errorCount: number;
}

/** @throws CsvFileError where the file cannot be read at all, or has no good row and no bad one to name */
export async function checkCsv(source: AsyncIterable<Uint8Array>, limits: Limits): Promise<CsvCheck> {
  const check: CsvCheck = { rows: 0, imageUrls: 0, skippedRows: 0, errors: [], errorCount: 0 };
  const { batches } = await readRows(source, limits);
  for await (const rows of batches) {
    for (const { errors, imageUrls } of rows) {
      if (errors.length === 0) {
        check.rows++;
        check.imageUrls += imageUrls.length;
        continue;
      }
      check.skippedRows++;
      check.errorCount += errors.length;
      const room = MAX_NAMED_CSV_ERRORS - check.errors.length;
      if (room > 0) check.errors.push(...errors.slice(0, room));
    }
  }
  if (check.rows === 0 && check.errorCount === 0) {
    throw new CsvFileError({ code: 'EMPTY_FILE', message: 'Every row of the file is empty.', row: null, column: null });
  }
  return check;
}
