import { MAX_COLUMNS } from '../domain/limits.js';
import type { CsvHeader } from './csv-header.js';

const STARTS_LIKE_URL = /^\s*[a-z][a-z0-9+.-]*:\/\//i;

export interface FittedCells {
  /** Under their headers; where they do not fit, as they came, filled up to the columns of the header. */
  cells: string[];
  fits: boolean;
  /** Whether image URLs that stood unquoted were put back into their column. */
  hasSpilled: boolean;
}

/** The cells of a row under their headers: empty ones at the end cut or filled in, spilled URLs joined. */
export function fitCells(found: string[], header: CsvHeader): FittedCells {
  const columns = header.cells.length;
  if (found.length === columns) return { cells: found, fits: true, hasSpilled: false };
  const used = found.findLastIndex((cell) => cell.trim() !== '') + 1;
  if (used > columns) {
    const joined = joinSpilled(found.slice(0, used), header);
    return { cells: joined ?? found, fits: joined !== null, hasSpilled: joined !== null };
  }
  const { serialNumber, productName, imageUrls, dialect } = header;
  // A shop's own export may end a row after the last cell that is filled.
  const needed = dialect === 'PLAIN' ? Math.max(serialNumber, productName ?? 0, imageUrls) + 1 : 0;
  const filled = [...found.slice(0, columns), ...Array<string>(Math.max(0, columns - found.length)).fill('')];
  return { cells: filled, fits: used >= needed || found.length >= columns, hasSpilled: false };
}

/**
 * URLs that stood unquoted went on into the next columns: plain where theirs is the last, unless there are more cells
 * than any file has columns; else only if each is a URL.
 */
function joinSpilled(cells: string[], { cells: columns, imageUrls, delimiter }: CsvHeader): string[] | null {
  const end = imageUrls + 1 + cells.length - columns.length;
  const spilled = cells.slice(imageUrls, end);
  const isPlain = imageUrls === columns.length - 1 && cells.length <= MAX_COLUMNS;
  if (!STARTS_LIKE_URL.test(spilled[0] ?? '')) return null;
  if (!isPlain && !spilled.every((cell) => STARTS_LIKE_URL.test(cell))) return null;
  return [...cells.slice(0, imageUrls), spilled.join(delimiter), ...cells.slice(end)];
}
