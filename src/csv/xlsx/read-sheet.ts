import { CsvFileError } from '../../domain/csv-error.js';
import { MAX_COLUMNS, MAX_FIELD_CHARS } from '../../domain/limits.js';
import type { ByteBudget } from './byte-budget.js';
import { createCapturedText } from './captured-text.js';
import { dateText, numberText } from './cell-value.js';
import type { TextTable } from './text-table.js';
import { readXml } from './xml-reader.js';

/** Characters of one row, as for a record of a CSV. */
const MAX_ROW_CHARS = 4 * MAX_FIELD_CHARS;

export interface SheetParts {
  sharedStrings: TextTable;
  /** Styles that show a number as a date. */
  dateStyles: ReadonlySet<number>;
  isFrom1904: boolean;
  /** Spent by each use of a shared text: one that is stored once may be named a million times. */
  textBudget: ByteBudget;
}

/** The cells of the rows of a worksheet that hold anything, as many at once as come with one piece of it. */
export async function* readSheet(source: AsyncIterable<Buffer>, parts: SheetParts): AsyncGenerator<string[][]> {
  let rows: string[][] = [];
  const handlers = createRowHandlers(parts, (row) => rows.push(row));
  for await (const _ of readXml(source, handlers)) {
    if (rows.length === 0) continue;
    yield rows;
    rows = [];
  }
}

function createRowHandlers(parts: SheetParts, onRow: (row: string[]) => void) {
  const text = createCapturedText();
  let row: string[] = [];
  let chars = 0;
  let rowsDone = 0;
  let column = -1;
  let type = '';
  let style = -1;
  let isValue = false;
  let isReading = false;
  const endCell = () => {
    const value = cellText(type, style, text.take(), parts);
    if (value === '') return;
    chars += value.length;
    if (chars > MAX_ROW_CHARS) throw tooLong(rowsDone);
    while (row.length <= column) row.push('');
    row[column] = value;
  };
  return {
    open(tag: string, attributes: Readonly<Record<string, string>>) {
      if (tag === 'row') {
        row = [];
        chars = 0;
        column = -1;
      } else if (tag === 'c') {
        column = columnOf(attributes['r'], column + 1);
        type = attributes['t'] ?? 'n';
        style = attributes['s'] === undefined ? -1 : Number(attributes['s']);
      } else if (tag === 'v' || tag === 't') isValue = true;
      // How a text is spoken (Japanese) is no part of it.
      else if (tag === 'rPh') isReading = true;
    },
    text(piece: string) {
      if (isValue && !isReading) text.add(piece);
    },
    close(tag: string) {
      if (tag === 'v' || tag === 't') isValue = false;
      else if (tag === 'rPh') isReading = false;
      else if (tag === 'c') endCell();
      else if (tag === 'row' && row.length > 0) {
        rowsDone++;
        onRow(row);
      }
    },
  };
}

function cellText(type: string, style: number, text: string, parts: SheetParts): string {
  if (type === 's') {
    const shared = parts.sharedStrings.get(Number(text));
    parts.textBudget.spend(shared.length);
    return shared;
  }
  if (type === 'b') return text === '1' ? 'TRUE' : 'FALSE';
  if (type !== 'n') return text;
  return parts.dateStyles.has(style) ? dateText(text, parts.isFrom1904) : numberText(text);
}

/**
 * The place of a cell by its reference (`AB12`); the next one where it has none. One beyond the columns that are read
 * comes right after them, so that its row is known to be too long.
 */
function columnOf(reference: string | undefined, next: number): number {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  let column = next + 1;
  if (letters) column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
  return Math.min(column - 1, MAX_COLUMNS);
}

/** @param row of the record, where the header is 0 */
function tooLong(row: number): CsvFileError {
  const place = row === 0 ? 'The header' : `Row ${row}`;
  const message = `${place} is longer than ${MAX_ROW_CHARS} characters.`;
  return new CsvFileError({ code: 'FIELD_TOO_LONG', message, row: row || null, column: null });
}
