import type { RowOptions } from '../domain/options.js';
import type { ParsedRow } from './parse-row.js';

export interface CsvProduct {
  /** The first of its rows that was taken. */
  row: number;
  serialNumber: string;
  name: string;
  /** In the order of the file. */
  images: ProductImage[];
  /** How many image URLs of the file have come when it ends. */
  endSeq: number;
}

export interface ProductImage {
  url: string;
  /** Its place among the image URLs of the rows that are taken, from 0. */
  seq: number;
  /** Its place among the images of the product, where the file tells it. */
  position: number | null;
  /** Of the row that it stands in. */
  options: RowOptions | null;
}

/**
 * The products of a file, out of the rows that are taken: a product for each row, or for the rows of one handle that
 * follow each other. No more than one is open at a time. The numbering is the same in every pass.
 */
export async function* groupProducts(batches: AsyncIterable<ParsedRow[]>): AsyncGenerator<CsvProduct[]> {
  let open: CsvProduct | null = null;
  let seq = 0;
  for await (const rows of batches) {
    const done: CsvProduct[] = [];
    for (const row of rows) {
      // A row that is left out ends the product before it all the same, where it is the first of another.
      if (open && row.startsProduct) {
        done.push(open);
        open = null;
      }
      if (row.errors.length > 0) continue;
      open ??= { row: row.row, serialNumber: row.serialNumber, name: row.productName, images: [], endSeq: seq };
      for (const url of row.imageUrls) {
        open.images.push({ url, seq: seq++, position: row.imagePosition, options: row.options });
      }
      open.endSeq = seq;
    }
    yield done;
  }
  if (open) yield [open];
}

/** The images of a product in its own order: by position, and those without one after the others. */
export function inProductOrder(images: readonly ProductImage[]): readonly ProductImage[] {
  if (images.every(({ position }) => position === null)) return images;
  const place = ({ position }: ProductImage) => position ?? Number.MAX_SAFE_INTEGER;
  return images.toSorted((a, b) => place(a) - place(b));
}
