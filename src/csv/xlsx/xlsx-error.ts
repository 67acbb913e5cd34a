import { CsvFileError } from '../../domain/csv-error.js';

/** An .xlsx that cannot be read at all. */
export function xlsxError(code: 'NOT_CSV' | 'EMPTY_FILE' | 'FILE_TOO_LARGE' | 'FIELD_TOO_LONG', message: string) {
  return new CsvFileError({ code, message, row: null, column: null });
}
