import type { CsvError, CsvErrorCode } from '../domain/csv-error.js';
import { type Limits, MAX_FIELD_CHARS } from '../domain/limits.js';
import type { CsvHeader } from './csv-header.js';
import type { CsvRow } from './read-csv.js';
import { splitImageUrls } from './split-image-urls.js';

/** Characters of a bad entry that an error repeats. */
const SHOWN_CHARS = 100;
const STARTS_LIKE_URL = /^\s*[a-z][a-z0-9+.-]*:\/\//i;

export interface ParsedRow {
  row: number;
  /** As many cells as the header has; URLs that spilled are back in their column. */
  cells: string[];
  serialNumber: string;
  productName: string;
  imageUrls: string[];
  /** Why the row cannot be taken; empty for a good one. */
  errors: CsvError[];
}

/** Makes a product of a row, or says what is wrong with it. Null for a row of empty cells. */
export function parseRow(
  { row, cells: found }: CsvRow,
  header: CsvHeader,
  limits: Pick<Limits, 'maxImagesPerRow'>,
): ParsedRow | null {
  if (found.every((cell) => cell === '' || cell.trim() === '')) return null;
  const errors: CsvError[] = [];
  const report = (code: CsvErrorCode, index: number | null, message: string) => {
    errors.push({
      code,
      message: `Row ${row}: ${message}`,
      row,
      column: index === null ? null : (header.cells[index] ?? null),
    });
  };
  const columns = header.cells.length;
  const cells = fitCells(found, header);
  if (!cells) {
    report('WRONG_COLUMN_COUNT', null, `has ${found.length} cells where the header has ${columns}.`);
    return { row, cells: found, serialNumber: '', productName: '', imageUrls: [], errors };
  }
  const tooLong = cells.findIndex((cell) => cell.length > MAX_FIELD_CHARS);
  if (tooLong !== -1) report('FIELD_TOO_LONG', tooLong, `the cell is longer than ${MAX_FIELD_CHARS} characters.`);
  const readValue = (index: number) => {
    const value = (cells[index] ?? '').trim();
    if (value === '') report('MISSING_VALUE', index, `“${header.cells[index]}” is empty.`);
    return value;
  };
  const serialNumber = readValue(header.serialNumber).replace(/^(\d+)\.$/, '$1');
  const productName = readValue(header.productName);
  const imageUrls = tooLong === header.imageUrls ? [] : splitImageUrls(readValue(header.imageUrls));
  if (imageUrls.length > limits.maxImagesPerRow) {
    report(
      'TOO_MANY_IMAGES',
      header.imageUrls,
      `${imageUrls.length} image URLs; at most ${limits.maxImagesPerRow} are taken.`,
    );
  }
  for (const url of imageUrls) {
    if (isHttpUrl(url)) continue;
    report('INVALID_URL', header.imageUrls, `“${shorten(url)}” is not an http or https URL.`);
    // A row of a thousand bad entries is one mistake.
    break;
  }
  return { row, cells, serialNumber, productName, imageUrls, errors };
}

function isHttpUrl(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}

function shorten(text: string): string {
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

/** The cells under their headers: empty ones at the end cut or filled in, spilled URLs joined. Null if they do not fit. */
function fitCells(found: string[], header: CsvHeader): string[] | null {
  const columns = header.cells.length;
  if (found.length === columns) return found;
  const used = found.findLastIndex((cell) => cell.trim() !== '') + 1;
  if (used > columns) return joinSpilled(found.slice(0, used), header);
  if (used <= Math.max(header.serialNumber, header.productName, header.imageUrls) && found.length < columns)
    return null;
  return [...found.slice(0, columns), ...Array<string>(Math.max(0, columns - found.length)).fill('')];
}

/** URLs that stood unquoted went on into the next columns: plain where theirs is the last, else only if each is a URL. */
function joinSpilled(cells: string[], { cells: columns, imageUrls, delimiter }: CsvHeader): string[] | null {
  const end = imageUrls + 1 + cells.length - columns.length;
  const spilled = cells.slice(imageUrls, end);
  const isLast = imageUrls === columns.length - 1;
  if (!STARTS_LIKE_URL.test(spilled[0] ?? '')) return null;
  if (!isLast && !spilled.every((cell) => STARTS_LIKE_URL.test(cell))) return null;
  return [...cells.slice(0, imageUrls), spilled.join(delimiter), ...cells.slice(end)];
}
