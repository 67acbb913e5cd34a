import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { type CsvCheck, checkCsv } from '../csv/check-csv.js';
import { CsvFileError } from '../domain/csv-error.js';
import { AppError } from '../domain/errors.js';
import { formatBytes } from '../domain/format-bytes.js';
import type { Limits, RowLimits } from '../domain/limits.js';
import type { ObjectStorage } from '../storage/object-storage.js';
import { takeTurn } from './take-turn.js';

export interface UploadedFile {
  fileName: string;
  /** Read to its end, or drained where the file is refused before: a client that still sends hears the answer. */
  stream: Readable;
}

export interface ReadUpload {
  check: CsvCheck;
  bytes: number;
  sha256: string;
  /** Those that it was checked by. */
  rowLimits: RowLimits;
}

/**
 * One pass over an upload: limits, hashes and checks it, and stores it under `key` if one is given. What is stored
 * is the caller's to remove if the check refuses the file.
 */
export async function readUpload(
  { stream }: UploadedFile,
  limits: Limits,
  store: { storage: ObjectStorage; key: string } | null,
): Promise<ReadUpload> {
  const hash = createHash('sha256');
  let bytes = 0;
  const copy = store && new PassThrough();
  const stored = store && copy ? store.storage.put(store.key, copy) : null;
  // A refusal destroys it before anyone listens.
  copy?.on('error', () => undefined);
  // Its failure is met where it is awaited; until then it must not count as unhandled.
  stored?.catch(() => undefined);

  async function* measured(): AsyncGenerator<Uint8Array> {
    for await (const chunk of received(stream)) {
      bytes += chunk.byteLength;
      if (bytes > limits.maxFileBytes) throw tooLarge(limits.maxFileBytes);
      hash.update(chunk);
      if (copy && !copy.write(chunk)) await Promise.race([once(copy, 'drain'), stored]);
      // A piece takes milliseconds to parse, and with hundreds of uploads at once all of them have one.
      await takeTurn();
      yield chunk;
    }
    copy?.end();
  }

  try {
    const check = await checkCsv(measured(), limits);
    await stored;
    const { maxFileBytes, maxRows, maxImagesPerRow } = limits;
    return { check, bytes, sha256: hash.digest('hex'), rowLimits: { maxFileBytes, maxRows, maxImagesPerRow } };
  } catch (error) {
    copy?.destroy(new Error('the upload was refused'));
    await stored?.catch(() => undefined);
    throw error;
  } finally {
    stream.resume();
  }
}

/** What the client sends. @throws AppError where it breaks off: that is no failure of ours */
async function* received(stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  } catch {
    throw new AppError('BAD_USER_INPUT', 'The upload was broken off.');
  }
}

function tooLarge(maxFileBytes: number): CsvFileError {
  const message = `The file is larger than ${formatBytes(maxFileBytes)}.`;
  return new CsvFileError({ code: 'FILE_TOO_LARGE', message, row: null, column: null });
}
