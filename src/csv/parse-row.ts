import type { CsvError, CsvErrorCode } from '../domain/csv-error.js';
import type { CsvWarningCode, Warn } from '../domain/csv-warning.js';
import { AppError } from '../domain/errors.js';
import { type Limits, MAX_FIELD_CHARS } from '../domain/limits.js';
import { parseOptionText } from '../domain/option-texts.js';
import type { RowOptions } from '../domain/options.js';
import { parseUrl } from '../domain/parse-url.js';
import type { CsvHeader } from './csv-header.js';
import { fitCells } from './fit-cells.js';
import type { TableRow } from './open-table.js';
import { splitImageUrls } from './split-image-urls.js';

/** Characters of a bad entry that an error repeats. */
const SHOWN_CHARS = 100;

export interface ParsedRow {
  row: number;
  /** As many cells as the header has, or more; URLs that spilled are back in their column. */
  cells: string[];
  serialNumber: string;
  productName: string;
  imageUrls: string[];
  /** The place of the row's image among those of its product, where the file tells it. */
  imagePosition: number | null;
  /** What its cells ask for over the request's options; null where they ask for nothing. */
  options: RowOptions | null;
  /** False for a further row of the product above (Shopify). */
  startsProduct: boolean;
  /** Why the row cannot be taken; empty for a good one. */
  errors: CsvError[];
}

/** Makes a product of a row, or says what is wrong with it. Null for a row of empty cells. */
export function parseRow(
  { row, cells: found }: TableRow,
  header: CsvHeader,
  limits: Pick<Limits, 'maxImagesPerRow'>,
  warn: Warn,
): ParsedRow | null {
  if (found.every((cell) => cell === '' || cell.trim() === '')) return null;
  const fitted = fitCells(found, header);
  const parsed: ParsedRow = {
    row,
    cells: fitted.cells,
    serialNumber: '',
    productName: '',
    imageUrls: [],
    imagePosition: null,
    options: null,
    startsProduct: true,
    errors: [],
  };
  const notes = createNotes(parsed, header, warn);
  if (!fitted.fits) {
    notes.report('WRONG_COLUMN_COUNT', null, `has ${found.length} cells where the header has ${header.cells.length}.`);
    return parsed;
  }
  if (fitted.hasSpilled) {
    notes.warn('URL_SPILLED', 'the image URLs spilled into other columns, and were put back: quote them.');
  }
  const tooLong = parsed.cells.findIndex((cell) => cell.length > MAX_FIELD_CHARS);
  if (tooLong !== -1) {
    notes.report('FIELD_TOO_LONG', tooLong, `the cell is longer than ${MAX_FIELD_CHARS} characters.`);
  }
  readNames(parsed, header, notes);
  if (tooLong !== header.imageUrls) readImageUrls(parsed, header, limits, notes);
  readOptions(parsed, header, notes);
  return parsed;
}

/** Where what is wrong with a row, or was guessed of it, is noted. */
interface Notes {
  report(code: CsvErrorCode, column: number | null, message: string): void;
  /** Of the column of image URLs. */
  warn(code: CsvWarningCode, message: string): void;
}

function createNotes({ row, errors }: ParsedRow, { cells, imageUrls }: CsvHeader, warn: Warn): Notes {
  const place = (column: number | null, message: string) => ({
    message: `Row ${row}: ${message}`,
    row,
    column: column === null ? null : (cells[column] ?? null),
  });
  return {
    report: (code, column, message) => void errors.push({ code, ...place(column, message) }),
    warn: (code, message) => warn({ code, ...place(imageUrls, message) }),
  };
}

function readNames(parsed: ParsedRow, header: CsvHeader, notes: Notes): void {
  const { dialect, serialNumber, productName, fallbackSerialNumber, imagePosition } = header;
  const read = (column: number | null) => (column === null ? '' : (parsed.cells[column] ?? '').trim());
  const need = (column: number | null) => {
    const value = read(column);
    if (value === '' && column !== null) notes.report('MISSING_VALUE', column, `“${header.cells[column]}” is empty.`);
    return value;
  };
  if (dialect === 'WOOCOMMERCE') {
    // A variation need not have an SKU.
    parsed.serialNumber = read(serialNumber) || read(fallbackSerialNumber) || String(parsed.row);
  } else parsed.serialNumber = need(serialNumber).replace(/^(\d+)\.$/, '$1');
  // Of a Shopify product only the first row is named.
  parsed.productName = dialect === 'SHOPIFY' ? read(productName) : need(productName);
  const position = read(imagePosition);
  if (/^\d{1,9}$/.test(position)) parsed.imagePosition = Number(position);
}

function readImageUrls(
  parsed: ParsedRow,
  header: CsvHeader,
  { maxImagesPerRow }: Pick<Limits, 'maxImagesPerRow'>,
  notes: Notes,
): void {
  const column = header.imageUrls;
  const cell = (parsed.cells[column] ?? '').trim();
  // A shop's own export has rows without an image: variants, and products that have none.
  if (cell === '' && header.dialect !== 'PLAIN') return;
  if (cell === '') notes.report('MISSING_VALUE', column, `“${header.cells[column]}” is empty.`);
  const urls = splitImageUrls(cell);
  parsed.imageUrls = urls;
  if (urls.length > maxImagesPerRow) {
    notes.report('TOO_MANY_IMAGES', column, `${urls.length} image URLs; at most ${maxImagesPerRow} are taken.`);
  }
  // A row of a thousand bad entries is one mistake.
  const bad = urls.find((url) => !isHttpUrl(url));
  if (bad !== undefined) notes.report('INVALID_URL', column, `“${shorten(bad)}” is not an http or https URL.`);
  const withComma = urls.find((url) => url.includes(','));
  if (withComma !== undefined && bad === undefined) {
    notes.warn('COMMA_IN_URL', `the comma in “${shorten(withComma)}” was taken as a part of the URL.`);
  }
}

function readOptions(parsed: ParsedRow, { options }: CsvHeader, notes: Notes): void {
  for (const { name, index } of options) {
    const text = (parsed.cells[index] ?? '').trim();
    if (text === '') continue;
    try {
      parsed.options = { ...parsed.options, [name]: parseOptionText(name, text) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      notes.report('INVALID_OPTION', index, `“${shorten(text)}” cannot be: ${error.message}`);
    }
  }
}

function isHttpUrl(url: string): boolean {
  return /^https?:\/\//i.test(url) && parseUrl(url) !== null;
}

function shorten(text: string): string {
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}
