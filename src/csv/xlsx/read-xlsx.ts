import type { FileHandle } from 'node:fs/promises';
import type { Warn } from '../../domain/csv-warning.js';
import type { Limits } from '../../domain/limits.js';
import { parseHeader } from '../csv-header.js';
import type { OpenCsv } from '../read-csv.js';
import { createByteBudget } from './byte-budget.js';
import { type FoundSheet, findSheet, isWorkbook } from './find-sheet.js';
import { openZip, type Zip } from './open-zip.js';
import { readDateStyles } from './read-date-styles.js';
import { readSharedStrings } from './read-shared-strings.js';
import { readSheet } from './read-sheet.js';
import { spoolFile } from './spool-file.js';
import { xlsxError } from './xlsx-error.js';

/** How many times the bytes of the largest file it may unpack to: a worksheet's XML is some three times its text. */
const MAX_GROWTH = 4;
/** How many times its own bytes: real ones unpack to ten or twenty times, and time is spent on each of them. */
const MAX_RATIO = 100;
/** What any file may unpack to, in bytes: a small one is mostly what Excel puts into each. */
const LEAST_ROOM = 16 * 1024 * 1024;

/**
 * Reads the first sheet of an .xlsx as the CSV that Excel would save it as. The list of a ZIP's parts stands at its
 * end, and Excel writes the texts after the sheet that names them: so the packed bytes go to a temporary file first.
 * In memory are the texts, packed, up to the size that a CSV may have, and a few rows. @throws CsvFileError
 */
export async function openXlsx(
  source: AsyncIterable<Uint8Array>,
  warn: Warn,
  limits: Pick<Limits, 'maxFileBytes'>,
): Promise<OpenCsv> {
  const file = await spoolFile(source);
  try {
    const records = await openRecords(file, warn, limits);
    const first = await records.next();
    const [head, ...rows] = first.value ?? [];
    if (!head) throw xlsxError('EMPTY_FILE', 'There is nothing in the first sheet of the Excel file.');
    const header = parseHeader(head, { delimiter: ',', lineEnd: '\r\n', bom: true });
    return { header, batches: readOn(file, rows, records, header.cells.length) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openRecords(file: FileHandle, warn: Warn, { maxFileBytes }: Pick<Limits, 'maxFileBytes'>) {
  const most = MAX_GROWTH * maxFileBytes;
  const packed = (await file.stat()).size;
  const zip = await openZip(file, createByteBudget(Math.min(most, Math.max(LEAST_ROOM, MAX_RATIO * packed))));
  if (!isWorkbook(zip)) throw xlsxError('NOT_CSV', 'This is a ZIP file, not a CSV.');
  const found = await findSheet(zip);
  if (found.others > 0) warn(sheetsLeftOut(found));
  return readSheet(zip.read(found.sheet), await readParts(zip, found, { maxTextBytes: maxFileBytes, most }));
}

async function readParts(zip: Zip, found: FoundSheet, { maxTextBytes, most }: { maxTextBytes: number; most: number }) {
  return {
    sharedStrings: await readSharedStrings(zip.read(found.sharedStrings), maxTextBytes),
    dateStyles: await readDateStyles(zip.read(found.styles)),
    isFrom1904: found.isFrom1904,
    textBudget: createByteBudget(most),
  };
}

/** The rows as a CSV has them, with as many cells as the header; closes the file at the end. */
async function* readOn(
  file: FileHandle,
  first: string[][],
  more: AsyncGenerator<string[][]>,
  columns: number,
): AsyncGenerator<string[][]> {
  const fill = (cells: string[]) => [...cells, ...Array<string>(Math.max(0, columns - cells.length)).fill('')];
  try {
    if (first.length > 0) yield first.map(fill);
    for await (const rows of more) yield rows.map(fill);
  } finally {
    await more.return(undefined);
    await file.close();
  }
}

function sheetsLeftOut({ name, others }: FoundSheet) {
  const message = `Only the sheet “${name.slice(0, 100)}” was read; the file has ${others} more.`;
  return { code: 'SHEETS_LEFT_OUT', message, row: null, column: null } as const;
}
