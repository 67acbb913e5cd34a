import type { ImageId } from '../domain/ids.js';
import { defuse, formatHeader, formatRecords, keptCells } from './format-records.js';
import type { CsvRows } from './read-rows.js';
import { imageIds, type RowImageId } from './row-image-id.js';
import { rowReasons } from './row-reasons.js';

/**
 * The rows of the input that could not be taken, or have an image that could not be made, as they came, each with its
 * reason in a column `Errors`: to be mended and uploaded again. The header alone where there is none.
 * @param failures of these images: why each could not be made; those that were made are missing
 */
export async function* writeErrors(
  { header, batches }: CsvRows,
  imageIdOf: RowImageId,
  failures: (ids: readonly ImageId[]) => Promise<ReadonlyMap<ImageId, string>>,
): AsyncGenerator<Buffer> {
  // Goes out with the first rows: what is never begun to be read is never closed either.
  let head = await formatHeader(header, ['Errors']);
  for await (const rows of batches) {
    const failed = await failures(rows.flatMap((row) => imageIds(row, imageIdOf)));
    const lines = rows.flatMap((row) => {
      const reasons = rowReasons(row, (url) => failed.get(imageIdOf(url, row)) ?? null);
      return reasons === '' ? [] : [[...keptCells(header, row.cells), defuse(reasons)]];
    });
    if (lines.length === 0) continue;
    yield Buffer.from(head + (await formatRecords(header, lines)));
    head = '';
  }
  if (head) yield Buffer.from(head);
}
