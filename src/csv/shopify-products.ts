import type { Warn } from '../domain/csv-warning.js';
import { MAX_IMAGES_PER_PRODUCT } from '../domain/limits.js';
import type { CsvHeader } from './csv-header.js';
import type { ParsedRow } from './parse-row.js';
import { createSerialNumbers } from './serial-numbers.js';

/**
 * Goes along the rows of a Shopify file: rows of one handle that follow each other are one product, named by the first
 * of them, or by the handle where that has no title. A handle that comes again further down begins a product of its
 * own, with a warning: so never more than one product is open, however long the file is.
 */
export function createShopifyProducts(header: CsvHeader, warn: Warn): (row: ParsedRow) => void {
  const handles = createSerialNumbers();
  let open = { handle: '', name: '', images: 0 };
  return (row) => {
    // Without a handle it belongs to no product, is left out for that, and parts none.
    row.startsProduct = row.serialNumber !== '' && row.serialNumber !== open.handle;
    if (row.serialNumber === '') return;
    if (row.startsProduct) {
      open = { handle: row.serialNumber, name: row.productName || row.serialNumber, images: 0 };
      const first = handles.firstRow(row.serialNumber, row.row);
      if (first !== null) warnRepeated(row, first, header, warn);
    }
    row.productName = open.name;
    open.images += row.imageUrls.length;
    if (open.images > MAX_IMAGES_PER_PRODUCT) reportTooMany(row, header);
  };
}

function warnRepeated({ row, serialNumber }: ParsedRow, first: number, header: CsvHeader, warn: Warn): void {
  const handle = serialNumber.slice(0, 100);
  warn({
    code: 'HANDLE_REPEATED',
    message: `Row ${row}: the handle “${handle}” stands in row ${first} already, with others between: taken as a product of its own.`,
    row,
    column: header.cells[header.serialNumber] ?? null,
  });
}

function reportTooMany({ row, errors }: ParsedRow, header: CsvHeader): void {
  errors.push({
    code: 'TOO_MANY_IMAGES',
    message: `Row ${row}: the product has more than ${MAX_IMAGES_PER_PRODUCT} images.`,
    row,
    column: header.cells[header.imageUrls] ?? null,
  });
}
