import type { CsvDialect } from '../domain/csv-dialect.js';
import { type CsvError, CsvFileError } from '../domain/csv-error.js';
import type { CsvWarning } from '../domain/csv-warning.js';
import { type Limits, MAX_NAMED_CSV_ERRORS } from '../domain/limits.js';
import type { FileKind } from './open-table.js';
import type { ParsedRow } from './parse-row.js';
import { readRows } from './read-rows.js';

/** What a file holds, and what is wrong with it. */
export interface CsvCheck {
  kind: FileKind;
  dialect: CsvDialect;
  /** Read as Windows-1252, the encoding of Excel's plain “CSV”. */
  isWindows1252: boolean;
  /** The headers of the columns whose cells are options for their row. */
  optionColumns: string[];
  /** Good rows, and the image URLs in them. */
  rows: number;
  imageUrls: number;
  skippedRows: number;
  /** The first 100 of `errorCount`. */
  errors: CsvError[];
  errorCount: number;
  /** What was repaired on reading: the first 100 of `warningCount`. */
  warnings: CsvWarning[];
  warningCount: number;
}

/** @throws CsvFileError where the file cannot be read at all, or has no good row and no bad one to name */
export async function checkCsv(source: AsyncIterable<Uint8Array>, limits: Limits): Promise<CsvCheck> {
  const check = emptyCheck();
  const { kind, header, batches } = await readRows(source, limits, { warn: (warning) => addWarning(check, warning) });
  check.kind = kind;
  check.dialect = header.dialect;
  check.optionColumns = header.options.map(({ index }) => header.cells[index] ?? '');
  for await (const rows of batches) for (const row of rows) addRow(check, row);
  if (check.imageUrls === 0 && check.errorCount === 0) throw nothingToMake(check);
  return check;
}

function emptyCheck(): CsvCheck {
  const counts = { rows: 0, imageUrls: 0, skippedRows: 0, errorCount: 0, warningCount: 0 };
  return {
    kind: 'CSV',
    dialect: 'PLAIN',
    isWindows1252: false,
    optionColumns: [],
    ...counts,
    errors: [],
    warnings: [],
  };
}

function addWarning(check: CsvCheck, warning: CsvWarning): void {
  if (warning.code === 'ENCODING') check.isWindows1252 = true;
  check.warningCount++;
  if (check.warnings.length < MAX_NAMED_CSV_ERRORS) check.warnings.push(warning);
}

function addRow(check: CsvCheck, { errors, imageUrls }: ParsedRow): void {
  if (errors.length === 0) {
    check.rows++;
    check.imageUrls += imageUrls.length;
    return;
  }
  check.skippedRows++;
  check.errorCount += errors.length;
  const room = MAX_NAMED_CSV_ERRORS - check.errors.length;
  if (room > 0) check.errors.push(...errors.slice(0, room));
}

function nothingToMake({ rows }: CsvCheck): CsvFileError {
  const message = rows === 0 ? 'Every row of the file is empty.' : 'No row of the file has an image URL.';
  return new CsvFileError({ code: 'EMPTY_FILE', message, row: null, column: null });
}
