import type { ImageId } from '../domain/ids.js';
import type { CsvHeader } from './csv-header.js';
import { defuse, formatHeader, formatRecords, keptCells } from './format-records.js';
import type { ParsedRow } from './parse-row.js';
import type { CsvRows } from './read-rows.js';
import { imageIds, type RowImageId } from './row-image-id.js';
import { rowReasons } from './row-reasons.js';

export type ImageOutcome = { outputUrl: string } | { error: string };
type Outcomes = ReadonlyMap<ImageId, ImageOutcome>;
/** How the image of a URL in a row ended. */
type OutcomeOf = (url: string, row: ParsedRow) => ImageOutcome | undefined;

export interface OutputOptions {
  /** Whether any image failed or any row was left out: then there is a column for the reasons. */
  hasErrors: boolean;
  /** Whether the new URLs stand in the image column itself, and no column is added: so it can be imported back. */
  replaceUrls: boolean;
  imageIdOf: RowImageId;
  /** How these images ended; an id may be asked for twice. */
  outcomes(ids: readonly ImageId[]): Promise<Outcomes>;
}

/** The input with its new URLs, at its end or in the place of the old ones: the same bytes for the same outcomes. */
export async function* writeOutput(
  { header, batches }: Pick<CsvRows, 'header' | 'batches'>,
  options: OutputOptions,
): AsyncGenerator<Buffer> {
  const { hasErrors, replaceUrls, imageIdOf } = options;
  const titles = replaceUrls ? [] : ['Output Image Urls', ...(hasErrors ? ['Errors'] : [])];
  // Goes out with the first rows: what is never begun to be read is never closed either.
  let head = await formatHeader(header, titles);
  for await (const rows of batches) {
    if (rows.length === 0) continue;
    const outcomes = await options.outcomes(rows.flatMap((row) => imageIds(row, imageIdOf)));
    const outcomeOf: OutcomeOf = (url, row) => outcomes.get(imageIdOf(url, row));
    const lines = rows.map((row) => {
      const kept = replaceUrls ? replacedCells(header, row, outcomeOf) : row.cells;
      return [...keptCells(header, kept), ...(replaceUrls ? [] : ourCells(row, outcomeOf, hasErrors))];
    });
    yield Buffer.from(head + (await formatRecords(header, lines)));
    head = '';
  }
  if (head) yield Buffer.from(head);
}

/** The cells of a row, its image cell with the new URL of each image that was made, and the old one of each other. */
function replacedCells({ imageUrls: column }: CsvHeader, row: ParsedRow, outcomeOf: OutcomeOf): string[] {
  if (row.errors.length > 0 || row.imageUrls.length === 0) return row.cells;
  const urls = row.imageUrls.map((url) => outputUrl(outcomeOf(url, row)) ?? url);
  return row.cells.with(column, urls.join(','));
}

function ourCells(row: ParsedRow, outcomeOf: OutcomeOf, hasErrors: boolean): string[] {
  const urls = row.errors.length > 0 ? [] : row.imageUrls.map((url) => outputUrl(outcomeOf(url, row)) ?? '');
  const outputs = defuse(urls.join(','));
  if (!hasErrors) return [outputs];
  const reasons = rowReasons(row, (url) => {
    const outcome = outcomeOf(url, row);
    if (!outcome) return 'was not made';
    return 'error' in outcome ? outcome.error : null;
  });
  return [outputs, defuse(reasons)];
}

function outputUrl(outcome: ImageOutcome | undefined): string | null {
  return outcome && 'outputUrl' in outcome ? outcome.outputUrl : null;
}
