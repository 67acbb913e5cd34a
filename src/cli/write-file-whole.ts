import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Written under another name until it is whole, so that what is there under its own is.
 * @param bytes how many there must be, where that is known
 */
export async function writeFileWhole(content: ReadableStream<Uint8Array>, path: string, bytes?: number): Promise<void> {
  const part = `${path}.part`;
  try {
    await pipeline(Readable.from(content), createWriteStream(part));
    const { size } = await stat(part);
    if (bytes !== undefined && size !== bytes) throw new Error(`${path} came with ${size} bytes of ${bytes}.`);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
