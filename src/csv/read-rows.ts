import { CsvFileError } from '../domain/csv-error.js';
import type { Limits } from '../domain/limits.js';
import type { CsvHeader } from './csv-header.js';
import { type ParsedRow, parseRow } from './parse-row.js';
import { type OpenCsv, openCsv } from './read-csv.js';
import { createSerialNumbers } from './serial-numbers.js';

export interface CsvRows {
  header: CsvHeader;
  batches: AsyncIterable<ParsedRow[]>;
}

type RowLimits = Pick<Limits, 'maxRows' | 'maxImagesPerRow'>;

/**
 * Every row of a file, with what is wrong with it. Each pass over the same file (intake, expansion, output) goes
 * through here, and so takes and leaves out the same rows. @throws CsvFileError
 */
export async function readRows(source: AsyncIterable<Uint8Array>, limits: RowLimits): Promise<CsvRows> {
  const csv = await openCsv(source);
  return { header: csv.header, batches: parseBatches(csv, limits) };
}

async function* parseBatches({ header, batches }: OpenCsv, limits: RowLimits): AsyncGenerator<ParsedRow[]> {
  const serialNumbers = createSerialNumbers();
  for await (const rows of batches) {
    const parsed: ParsedRow[] = [];
    for (const row of rows) {
      if (row.row > limits.maxRows) throw tooManyRows(limits.maxRows);
      const next = parseRow(row, header, limits);
      if (!next) continue;
      const first = next.serialNumber === '' ? null : serialNumbers.firstRow(next.serialNumber, next.row);
      if (first !== null) reportDuplicate(next, first, header);
      parsed.push(next);
    }
    yield parsed;
  }
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
