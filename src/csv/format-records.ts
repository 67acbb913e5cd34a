import { writeToString } from 'fast-csv';
import type { CsvHeader } from './csv-header.js';

/** Records as they stand in a file of this header's delimiter and line end. */
export function formatRecords({ delimiter, lineEnd }: CsvHeader, records: string[][]): Promise<string> {
  return writeToString(records, { delimiter, rowDelimiter: lineEnd, includeEndRowDelimiter: true });
}

/** The header's record, with the byte order mark that the file began with, and what we add at its end. */
export async function formatHeader(header: CsvHeader, added: readonly string[]): Promise<string> {
  const record = await formatRecords(header, [[...keptCells(header, header.cells), ...added]]);
  return `${header.bom ? '\ufeff' : ''}${record}`;
}

/** The cells of a record without those that ours come in the place of. */
export function keptCells({ replaced }: CsvHeader, cells: readonly string[]): string[] {
  return replaced.length === 0 ? [...cells] : cells.filter((_, index) => !replaced.includes(index));
}

/** A cell of ours that a spreadsheet would run as a formula, in signs of full width too, is shown as text instead. */
export function defuse(cell: string): string {
  return /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell) ? `'${cell}` : cell;
}
