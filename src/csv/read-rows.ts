import { CsvFileError } from '../domain/csv-error.js';
import type { Warn } from '../domain/csv-warning.js';
import type { RowLimits } from '../domain/limits.js';
import type { CsvHeader } from './csv-header.js';
import { type FileKind, type OpenTable, openTable } from './open-table.js';
import { type ParsedRow, parseRow } from './parse-row.js';
import { createSerialNumbers } from './serial-numbers.js';
import { createShopifyProducts } from './shopify-products.js';

export interface CsvRows {
  kind: FileKind;
  header: CsvHeader;
  batches: AsyncIterable<ParsedRow[]>;
}

export interface ReadSettings {
  /** Told of what was repaired; the first pass over a file asks for it. */
  warn?: Warn;
  /** Whether columns that are named like options are read as such. */
  optionColumns?: boolean;
  /** Whether the first pass found it in Windows-1252: what is made of it is marked, or Excel would take it for that too. */
  isWindows1252?: boolean;
}

/**
 * Every row of a file, with what is wrong with it. Each pass over the same file (intake, expansion, output) goes
 * through here, and so takes and leaves out the same rows.
 * @throws CsvFileError
 */
export async function readRows(
  source: AsyncIterable<Uint8Array>,
  limits: RowLimits,
  { warn = () => undefined, optionColumns = true, isWindows1252 = false }: ReadSettings = {},
): Promise<CsvRows> {
  const table = await openTable(source, limits, warn);
  if (!optionColumns) table.header.options = [];
  if (isWindows1252) table.header.bom = true;
  return { kind: table.kind, header: table.header, batches: parseBatches(table, limits, warn) };
}

async function* parseBatches(
  { header, batches }: OpenTable,
  limits: RowLimits,
  warn: Warn,
): AsyncGenerator<ParsedRow[]> {
  const checkRow = createRowCheck(header, warn);
  for await (const rows of batches) {
    const parsed: ParsedRow[] = [];
    for (const row of rows) {
      if (row.row > limits.maxRows) throw tooManyRows(limits.maxRows);
      const next = parseRow(row, header, limits, warn);
      if (!next) continue;
      checkRow(next);
      parsed.push(next);
    }
    yield parsed;
  }
}

/** What is to be said of a row for those that came before it. */
function createRowCheck(header: CsvHeader, warn: Warn): (row: ParsedRow) => void {
  if (header.dialect === 'SHOPIFY') return createShopifyProducts(header, warn);
  // A shop's SKUs are its own affair: variations may share one, and a product is known by its row.
  if (header.dialect === 'WOOCOMMERCE') return () => undefined;
  const serialNumbers = createSerialNumbers();
  return (row) => {
    const first = row.serialNumber === '' ? null : serialNumbers.firstRow(row.serialNumber, row.row);
    if (first !== null) reportDuplicate(row, first, header);
  };
}

function reportDuplicate({ errors, row, serialNumber }: ParsedRow, first: number, header: CsvHeader): void {
  errors.push({
    code: 'DUPLICATE_SERIAL_NUMBER',
    message: `Row ${row}: the serial number “${serialNumber.slice(0, 100)}” stands in row ${first} already.`,
    row,
    column: header.cells[header.serialNumber] ?? null,
  });
}

function tooManyRows(maxRows: number): CsvFileError {
  const message = `The file has more than ${maxRows} rows; split it.`;
  return new CsvFileError({ code: 'TOO_MANY_ROWS', message, row: maxRows + 1, column: null });
}
