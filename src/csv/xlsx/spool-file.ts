import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unavailable } from '../../domain/errors.js';

/**
 * Writes a stream to a temporary file that can be read at any place, and that is gone when the handle is closed, or
 * the process ends however it may.
 */
export async function spoolFile(source: AsyncIterable<Uint8Array>): Promise<FileHandle> {
  const path = join(tmpdir(), `pixelpress-${randomUUID()}.part`);
  const file = await open(path, 'wx+', 0o600);
  try {
    // Without a name it lives as long as the handle.
    await rm(path);
    for await (const chunk of source) await file.writeFile(chunk);
    return file;
  } catch (error) {
    await file.close();
    const isFull = ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
    throw isFull ? unavailable('folder of temporary files', error, 'full') : error;
  }
}
