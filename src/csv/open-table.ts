import { CsvFileError } from '../domain/csv-error.js';
import type { Warn } from '../domain/csv-warning.js';
import type { Limits } from '../domain/limits.js';
import type { CsvHeader } from './csv-header.js';
import { peekStart } from './peek-start.js';
import { openCsv } from './read-csv.js';

/** First bytes of what people upload by mistake under the name .csv. */
const MAGIC: readonly (readonly [string, number[]])[] = [
  ['an empty ZIP file', [0x50, 0x4b, 0x05, 0x06]],
  ['a RAR archive', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ['a 7z archive', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['an old Excel (.xls) file, or one with a password', [0xd0, 0xcf, 0x11, 0xe0]],
  ['a gzip file', [0x1f, 0x8b]],
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG image', [0xff, 0xd8, 0xff]],
  ['a GIF image', [0x47, 0x49, 0x46, 0x38]],
  ['a program', [0x7f, 0x45, 0x4c, 0x46]],
  ['a PDF', [0x25, 0x50, 0x44, 0x46, 0x2d]],
];
const ZIP = [0x50, 0x4b, 0x03, 0x04];

export type FileKind = 'CSV' | 'XLSX';

export interface TableRow {
  /** 1 for the first record after the header; lines that are wholly empty are not counted. */
  row: number;
  cells: string[];
}

export interface OpenTable {
  kind: FileKind;
  header: CsvHeader;
  /** The rows, as many at once as came with one piece of the file: a promise for each row would cost more than it. */
  batches: AsyncIterable<TableRow[]>;
}

/** Opens a CSV or an .xlsx, told apart by their first bytes and not by a name. @throws CsvFileError, also while it is read */
export async function openTable(
  source: AsyncIterable<Uint8Array>,
  limits: Pick<Limits, 'maxFileBytes'>,
  warn: Warn,
): Promise<OpenTable> {
  const peeked = await peekStart(source);
  const begins = (bytes: readonly number[]) => bytes.every((byte, index) => peeked.start[index] === byte);
  const kind = MAGIC.find(([, bytes]) => begins(bytes));
  if (kind) {
    throw new CsvFileError({ code: 'NOT_CSV', message: `This is ${kind[0]}, not a CSV.`, row: null, column: null });
  }
  const isXlsx = begins(ZIP);
  // Most files are none, and a start does not wait for what reads them.
  const open = isXlsx ? (await import('./xlsx/read-xlsx.js')).openXlsx : openCsv;
  const { header, batches } = await open(peeked.source, warn, limits);
  return { kind: isXlsx ? 'XLSX' : 'CSV', header, batches: numberRows(batches) };
}

async function* numberRows(batches: AsyncIterable<string[][]>): AsyncGenerator<TableRow[]> {
  let row = 0;
  for await (const records of batches) yield records.map((cells) => ({ row: ++row, cells }));
  if (row === 0) {
    const message = 'The file has a header and no rows.';
    throw new CsvFileError({ code: 'EMPTY_FILE', message, row: null, column: null });
  }
}
