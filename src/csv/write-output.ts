import { writeToString } from 'fast-csv';
import type { CsvHeader } from './csv-header.js';
import { imageUrlKey } from './image-url-key.js';
import type { ParsedRow } from './parse-row.js';
import type { CsvRows } from './read-rows.js';

export type ImageOutcome = { outputUrl: string } | { error: string };

export interface OutputOptions {
  /** Whether any image failed or any row was left out: then there is a column for the reasons. */
  hasErrors: boolean;
  /** How the images of these URLs ended, by `imageUrlKey`. */
  outcomes(urls: readonly string[]): Promise<ReadonlyMap<string, ImageOutcome>>;
}

/** The input with `Output Image Urls` (and `Errors`) at its end: the same bytes for the same outcomes. */
export async function* writeOutput({ header, batches }: CsvRows, options: OutputOptions): AsyncGenerator<Buffer> {
  const titles = ['Output Image Urls', ...(options.hasErrors ? ['Errors'] : [])];
  const head = await format(header, [[...keptCells(header, header.cells), ...titles]]);
  yield Buffer.from(`${header.bom ? '\ufeff' : ''}${head}`);
  for await (const rows of batches) {
    if (rows.length === 0) continue;
    const urls = rows.flatMap((row) => (row.errors.length > 0 ? [] : row.imageUrls));
    const outcomes = await options.outcomes(urls);
    const lines = rows.map((row) => [...keptCells(header, row.cells), ...ourCells(row, outcomes, options)]);
    yield Buffer.from(await format(header, lines));
  }
}

function keptCells(header: CsvHeader, cells: readonly string[]): string[] {
  return header.replaced.length === 0 ? [...cells] : cells.filter((_, index) => !header.replaced.includes(index));
}

function ourCells(row: ParsedRow, outcomes: ReadonlyMap<string, ImageOutcome>, { hasErrors }: OutputOptions): string[] {
  const skipped = row.errors.length > 0;
  const ended = skipped ? [] : row.imageUrls.map((url) => ({ url, outcome: outcomes.get(imageUrlKey(url)) }));
  const outputs = ended.map(({ outcome }) => (outcome && 'outputUrl' in outcome ? outcome.outputUrl : ''));
  if (!hasErrors) return [defuse(outputs.join(','))];
  const reasons = skipped
    ? row.errors.map((error) => error.message)
    : ended.flatMap(({ url, outcome }) => {
        if (!outcome) return [`${url} was not made`];
        return 'error' in outcome ? [`${url} ${outcome.error}`] : [];
      });
  return [defuse(outputs.join(',')), defuse(reasons.join(' | '))];
}

/** A cell of ours that a spreadsheet would run as a formula, in signs of full width too, is shown as text instead. */
function defuse(cell: string): string {
  return /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell) ? `'${cell}` : cell;
}

function format({ delimiter, lineEnd }: CsvHeader, rows: string[][]): Promise<string> {
  return writeToString(rows, { delimiter, rowDelimiter: lineEnd, includeEndRowDelimiter: true });
}
