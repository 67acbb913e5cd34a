import { createSerialNumbers } from '../csv/serial-numbers.js';
import type { Product } from '../models/product.js';

/** Bytes of the two parts of a name: with the position and the ending far below the 255 of any file system. */
const MAX_SERIAL_BYTES = 60;
const MAX_NAME_BYTES = 120;

/** Names of files for products: none is given twice, whatever the case of its letters. */
export interface ResultNames {
  /** What the files of a product begin with. */
  of(product: Pick<Product, 'row' | 'serialNumber' | 'name'>): string;
}

/**
 * `<serial or handle>-<product name>`, of letters, digits, `_` and `-` alone: no separator, no dot that would lead out
 * of a folder or make a name of Windows' own (`CON.x`), and no sign that some file system refuses.
 */
export function createResultNames(): ResultNames {
  const given = createSerialNumbers();
  return {
    of({ row, serialNumber, name }) {
      const parts = [safe(serialNumber, MAX_SERIAL_BYTES), safe(name, MAX_NAME_BYTES)].filter((part) => part !== '');
      const plain = parts.join('-') || 'product';
      for (let attempt = 0; ; attempt++) {
        // The row tells apart what is not told apart by its name; more than that is needed where others are made to look so.
        const tried = attempt === 0 ? plain : `${plain}-r${row}${'x'.repeat(attempt - 1)}`;
        if (given.firstRow(tried.toLowerCase(), row) === null) return tried;
      }
    },
  };
}

/** Compatibility forms are one sign (`／` is `/`), as some file systems would have it. */
function safe(text: string, maxBytes: number): string {
  const plain = text.normalize('NFKC').replace(/[^\p{L}\p{M}\p{N}_]+/gu, '-');
  let kept = '';
  let bytes = 0;
  for (const char of plain) {
    bytes += Buffer.byteLength(char);
    if (bytes > maxBytes) break;
    kept += char;
  }
  return kept.replace(/^-+|-+$/g, '');
}
