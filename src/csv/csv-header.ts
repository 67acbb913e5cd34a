import type { CsvDialect } from '../domain/csv-dialect.js';
import { CsvFileError } from '../domain/csv-error.js';
import { MAX_COLUMNS } from '../domain/limits.js';
import { ROW_OPTIONS } from '../domain/option-texts.js';
import type { RowOptions } from '../domain/options.js';
import { type Column, DIALECT_COLUMNS, type DialectColumns, detectDialect, plainHeader } from './dialects.js';

/** Columns that we write: what comes in under these names is replaced. */
const OURS = ['outputimageurls', 'errors'];

const LIST = new Intl.ListFormat('en', { type: 'conjunction' });

export const DELIMITERS = [',', ';', '|', '\t'] as const;

export interface CsvHeader {
  dialect: CsvDialect;
  /** The headers as they stand in the file, without empty ones at the end. */
  cells: string[];
  delimiter: string;
  lineEnd: '\r\n' | '\n' | '\r';
  bom: boolean;
  /** Where the columns that we need stand. A Shopify file may lack the product's name. */
  serialNumber: number;
  productName: number | null;
  imageUrls: number;
  /** Columns of a dialect that may be missing. */
  fallbackSerialNumber: number | null;
  imagePosition: number | null;
  /** Columns whose cells are options for their row. */
  options: OptionColumn[];
  /** Columns that are left out on writing, because ours come in their place. */
  replaced: number[];
}

export interface OptionColumn {
  name: keyof RowOptions;
  index: number;
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
  const names = cells.map(plainHeader);
  const dialect = detectDialect(names);
  const find = (key: keyof DialectColumns) => findColumn(dialect, key, cells, names);
  const serialNumber = find('serialNumber');
  const productName = find('productName');
  const imageUrls = find('imageUrls');
  const lacksName = productName === null && dialect !== 'SHOPIFY';
  if (serialNumber === null || imageUrls === null || lacksName) {
    const { serialNumber: serial, productName: product, imageUrls: images } = DIALECT_COLUMNS[dialect];
    refuseMissing(
      [
        ...(serialNumber === null ? [serial.title] : []),
        ...(lacksName ? [product.title] : []),
        ...(imageUrls === null ? [images.title] : []),
      ],
      cells,
    );
  }
  return {
    dialect,
    cells,
    ...format,
    serialNumber,
    productName,
    imageUrls,
    fallbackSerialNumber: find('fallbackSerialNumber'),
    imagePosition: find('imagePosition'),
    options: ROW_OPTIONS.flatMap((name) => {
      const index = findNamed({ title: name, names: [name.toLowerCase()] }, cells, names);
      return index === null ? [] : [{ name, index }];
    }),
    replaced: names.flatMap((name, index) => (OURS.includes(name) ? [index] : [])),
  };
}

/** How many of the columns that some dialect needs are among these headers: tells the delimiter. */
export function countKnown(cells: readonly string[]): number {
  const names = cells.map(plainHeader);
  const counts = Object.values(DIALECT_COLUMNS).map(
    (columns: DialectColumns) =>
      Object.values(columns).filter((column) => column.names.some((name: string) => names.includes(name))).length,
  );
  return Math.max(...counts);
}

function findColumn(
  dialect: CsvDialect,
  key: keyof DialectColumns,
  cells: readonly string[],
  names: readonly string[],
): number | null {
  const column = DIALECT_COLUMNS[dialect][key];
  return column ? findNamed(column, cells, names) : null;
}

function findNamed(column: Column, cells: readonly string[], names: readonly string[]): number | null {
  const [first, second] = names.flatMap((name, index) => (column.names.includes(name) ? [index] : []));
  if (second !== undefined && first !== undefined) {
    const message = `“${cells[first]}” and “${cells[second]}” both name the column “${column.title}”.`;
    throw headerError('DUPLICATE_COLUMN', message, cells[second]);
  }
  return first ?? null;
}

function refuseMissing(titles: readonly string[], cells: readonly string[]): never {
  const quoted = titles.map((title) => `“${title}”`);
  const columns = titles.length === 1 ? 'column' : 'columns';
  const listed = cells.slice(0, 20).map((cell) => `“${cell.slice(0, 40)}”`);
  const message = `The ${columns} ${LIST.format(quoted)} ${titles.length === 1 ? 'is' : 'are'} missing. Found: ${listed.join(', ') || 'nothing'}.`;
  throw headerError('MISSING_COLUMN', message, titles[0]);
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
