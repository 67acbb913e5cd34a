/** A thing wrong with a CSV, or repaired on reading it, as the service tells it. */
export interface CsvProblem {
  code: string;
  /** Null where the whole file is meant. */
  row: number | null;
  column: string | null;
  message: string;
}
