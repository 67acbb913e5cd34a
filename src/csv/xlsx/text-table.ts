import { formatBytes } from '../../domain/format-bytes.js';
import { xlsxError } from './xlsx-error.js';

/** Bytes of a block: more than the longest text has, so that each text stands in one. */
const BLOCK_BYTES = 1024 * 1024;
const FIRST_PLACES = 1_024;

/** Texts by their number, packed: a million of them would cost several times their bytes as strings. */
export interface TextTable {
  /** @throws CsvFileError FILE_TOO_LARGE */
  add(text: string): void;
  /** Empty for a number that none has. */
  get(index: number): string;
}

/** @param maxBytes of all texts together */
export function createTextTable(maxBytes: number): TextTable {
  const blocks: Buffer[] = [];
  /** Where each text begins and ends: the number of its block times the bytes of a block, and its place in it. */
  let starts = new Uint32Array(FIRST_PLACES);
  let ends = new Uint32Array(FIRST_PLACES);
  let count = 0;
  let end = 0;
  const grow = (places: Uint32Array<ArrayBuffer>) => {
    const grown = new Uint32Array(places.length * 2);
    grown.set(places);
    return grown;
  };
  return {
    add(text) {
      const bytes = Buffer.byteLength(text);
      const fits = (end % BLOCK_BYTES) + bytes <= BLOCK_BYTES && blocks.length * BLOCK_BYTES > end;
      const start = fits ? end : blocks.length * BLOCK_BYTES;
      if (start + bytes > maxBytes) {
        throw xlsxError('FILE_TOO_LARGE', `The Excel file holds more than ${formatBytes(maxBytes)} of text.`);
      }
      if (!fits) blocks.push(Buffer.allocUnsafe(BLOCK_BYTES));
      blocks.at(-1)?.write(text, start % BLOCK_BYTES);
      end = start + bytes;
      if (count === starts.length) {
        starts = grow(starts);
        ends = grow(ends);
      }
      starts[count] = start;
      ends[count] = end;
      count++;
    },
    get(index) {
      const [start, stop] = [starts[index], ends[index]];
      if (index >= count || start === undefined || stop === undefined) return '';
      const from = start % BLOCK_BYTES;
      return blocks[Math.floor(start / BLOCK_BYTES)]?.toString('utf8', from, from + stop - start) ?? '';
    },
  };
}
