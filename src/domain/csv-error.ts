export const CsvErrorCode = {
  EMPTY_FILE: 'EMPTY_FILE',
  NOT_CSV: 'NOT_CSV',
  NOT_UTF8: 'NOT_UTF8',
  MISSING_COLUMN: 'MISSING_COLUMN',
  DUPLICATE_COLUMN: 'DUPLICATE_COLUMN',
  WRONG_COLUMN_COUNT: 'WRONG_COLUMN_COUNT',
  UNTERMINATED_QUOTE: 'UNTERMINATED_QUOTE',
  MISSING_VALUE: 'MISSING_VALUE',
  INVALID_URL: 'INVALID_URL',
  DUPLICATE_SERIAL_NUMBER: 'DUPLICATE_SERIAL_NUMBER',
  TOO_MANY_ROWS: 'TOO_MANY_ROWS',
  TOO_MANY_IMAGES: 'TOO_MANY_IMAGES',
  FILE_TOO_LARGE: 'FILE_TOO_LARGE',
  FIELD_TOO_LONG: 'FIELD_TOO_LONG',
  INVALID_OPTION: 'INVALID_OPTION',
} as const;
export type CsvErrorCode = (typeof CsvErrorCode)[keyof typeof CsvErrorCode];

/** A thing wrong with a CSV. */
export interface CsvError {
  code: CsvErrorCode;
  message: string;
  /** 1 for the first row after the header; null when the whole file is meant. */
  row: number | null;
  /** The header of the column, as it stands in the file. */
  column: string | null;
}

/** The whole file cannot be read any further: what it throws, so that reading stops at once. */
export class CsvFileError extends Error {
  readonly error: CsvError;
  constructor(error: CsvError) {
    super(error.message);
    this.name = 'CsvFileError';
    this.error = error;
  }
}
