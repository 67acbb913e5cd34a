export const CsvWarningCode = {
  ENCODING: 'ENCODING',
  SHEETS_LEFT_OUT: 'SHEETS_LEFT_OUT',
  URL_SPILLED: 'URL_SPILLED',
  COMMA_IN_URL: 'COMMA_IN_URL',
  HANDLE_REPEATED: 'HANDLE_REPEATED',
} as const;
export type CsvWarningCode = (typeof CsvWarningCode)[keyof typeof CsvWarningCode];

/** A thing about a file that was repaired or guessed on reading: it is taken, but may not be what was meant. */
export interface CsvWarning {
  code: CsvWarningCode;
  message: string;
  /** 1 for the first row after the header; null when the whole file is meant. */
  row: number | null;
  /** The header of the column, as it stands in the file. */
  column: string | null;
}

/** Told of each warning, in the order of the file. */
export type Warn = (warning: CsvWarning) => void;
