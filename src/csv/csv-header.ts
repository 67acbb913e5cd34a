import { CsvFileError } from '../domain/csv-error.js';
import { MAX_COLUMNS } from '../domain/limits.js';

/** The columns that we need, by the letters and digits of their header, in lower case. */
const NAMES = {
  serialNumber: ['sno', 'serialnumber', 'serialno', 'srno', 'serial', 'no'],
  productName: ['productname', 'name', 'product'],
  imageUrls: [
    'inputimageurls',
    'inputimageurl',
    'inputimageurlsurls',
    'imageurls',
    'imageurl',
    'images',
    'image',
    'imagesrc',
  ],
} as const;
type Known = keyof typeof NAMES;
const TITLES: Record<Known, string> = {
  serialNumber: 'Serial Number',
  productName: 'Product Name',
  imageUrls: 'Input Image Urls',
};

/** Columns that we write: what comes in under these names is replaced. */
const OURS = ['outputimageurls', 'errors'];

export const DELIMITERS = [',', ';', '|', '\t'] as const;

export interface CsvHeader {
  /** The headers as they stand in the file, without empty ones at the end. */
  cells: string[];
  delimiter: string;
  lineEnd: '\r\n' | '\n' | '\r';
  bom: boolean;
  /** Where the columns that we need stand. */
  serialNumber: number;
  productName: number;
  imageUrls: number;
  /** Columns that are left out on writing, because ours come in their place. */
  replaced: number[];
}

/** @throws CsvFileError MISSING_COLUMN, DUPLICATE_COLUMN, WRONG_COLUMN_COUNT */
export function parseHeader(
  found: readonly string[],
  format: Pick<CsvHeader, 'delimiter' | 'lineEnd' | 'bom'>,
): CsvHeader {
  const last = found.findLastIndex((cell) => cell.trim() !== '');
  const cells = found.slice(0, last + 1);
  if (cells.length > MAX_COLUMNS) {
    throw headerError('WRONG_COLUMN_COUNT', `The file has ${cells.length} columns; at most ${MAX_COLUMNS} are read.`);
  }
  refuseRepeated(cells);
  const names = cells.map(plain);
  return {
    cells,
    ...format,
    serialNumber: columnOf('serialNumber', cells, names),
    productName: columnOf('productName', cells, names),
    imageUrls: columnOf('imageUrls', cells, names),
    replaced: names.flatMap((name, index) => (OURS.includes(name) ? [index] : [])),
  };
}

/** How many of the columns that we need are among these headers: tells the delimiter. */
export function countKnown(cells: readonly string[]): number {
  return new Set(cells.map(plain).map(known).filter(Boolean)).size;
}

function plain(cell: string): string {
  return cell.trim() === '#' ? 'no' : cell.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function known(name: string): Known | undefined {
  return (Object.keys(NAMES) as Known[]).find((key) => (NAMES[key] as readonly string[]).includes(name));
}

function columnOf(key: Known, cells: readonly string[], names: readonly string[]): number {
  const indexes = names.flatMap((name, index) => (known(name) === key ? [index] : []));
  const [first, second] = indexes;
  if (first === undefined) {
    const listed = cells.slice(0, 20).map((cell) => `“${cell.slice(0, 40)}”`);
    const message = `The column “${TITLES[key]}” is missing. Found: ${listed.join(', ')}.`;
    throw headerError('MISSING_COLUMN', message, TITLES[key]);
  }
  if (second !== undefined) {
    const message = `“${cells[first]}” and “${cells[second]}” both name the column “${TITLES[key]}”.`;
    throw headerError('DUPLICATE_COLUMN', message, cells[second]);
  }
  return first;
}

function refuseRepeated(cells: readonly string[]): void {
  const seen = new Set<string>();
  for (const cell of cells) {
    const name = cell.trim().toLowerCase();
    if (name !== '' && seen.has(name))
      throw headerError('DUPLICATE_COLUMN', `The column “${cell}” is there twice.`, cell);
    seen.add(name);
  }
}

function headerError(
  code: 'MISSING_COLUMN' | 'DUPLICATE_COLUMN' | 'WRONG_COLUMN_COUNT',
  message: string,
  column: string | null = null,
): CsvFileError {
  return new CsvFileError({ code, message, row: null, column });
}
