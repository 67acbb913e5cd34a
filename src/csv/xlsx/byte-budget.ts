import { formatBytes } from '../../domain/format-bytes.js';
import { xlsxError } from './xlsx-error.js';

/** How many bytes of a file may still be unpacked: what is small when it comes may be huge when it is opened. */
export interface ByteBudget {
  /** @throws CsvFileError FILE_TOO_LARGE */
  spend(bytes: number): void;
}

export function createByteBudget(most: number): ByteBudget {
  let left = most;
  return {
    spend(bytes) {
      left -= bytes;
      if (left < 0) throw xlsxError('FILE_TOO_LARGE', `The Excel file unpacks to more than ${formatBytes(most)}.`);
    },
  };
}
