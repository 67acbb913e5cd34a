import type { FileHandle } from 'node:fs/promises';
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl';
import type { ByteBudget } from './byte-budget.js';
import { xlsxError } from './xlsx-error.js';

/** Parts of a workbook; real ones have some dozens, and a few hundred with pictures. */
const MAX_ENTRIES = 10_000;

export interface Zip {
  has(path: string): boolean;
  /** The unpacked bytes of a part, as far as the budget goes; nothing where there is no such part. */
  read(path: string): AsyncGenerator<Buffer>;
}

/** Opens a ZIP that stands in a file; the file stays its caller's to close. @throws CsvFileError NOT_CSV */
export async function openZip(file: FileHandle, budget: ByteBudget): Promise<Zip> {
  const zip = await fromFdPromise(file.fd, { autoClose: false, lazyEntries: true }).catch(refuseDamaged);
  const entries = await listEntries(zip).catch(refuseDamaged);
  return {
    has: (path) => entries.has(path),
    async *read(path) {
      const entry = entries.get(path);
      if (!entry) return;
      const stream = await zip.openReadStreamPromise(entry).catch(refuseDamaged);
      try {
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          budget.spend(chunk.length);
          yield chunk;
        }
      } catch (error) {
        throw isOurs(error) ? error : damaged();
      }
    },
  };
}

async function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > MAX_ENTRIES) throw damaged();
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  return entries;
}

/** What a consumer throws comes through the loop as well. */
function isOurs(error: unknown): boolean {
  return error instanceof Error && error.name === 'CsvFileError';
}

function refuseDamaged(): never {
  throw damaged();
}

function damaged() {
  return xlsxError('NOT_CSV', 'This is a ZIP or Excel (.xlsx) file that is damaged, not a CSV.');
}
