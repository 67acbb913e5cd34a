import { createWriteStream } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Written under another name until it is whole, so that what is there under its own is.
 * @param bytes how many there must be, where that is known
 */
export async function writeFileWhole(
  content: AsyncIterable<Uint8Array | string>,
  path: string,
  bytes?: number,
): Promise<void> {
  const present = await stat(path).catch(() => null);
  // /dev/stdout and the like stay what they are.
  if (present && !present.isFile()) return pipeline(Readable.from(content), createWriteStream(path));
  // A link goes on to lead to the file.
  const file = present ? await realpath(path) : path;
  const part = `${file}.part`;
  try {
    await pipeline(Readable.from(content), createWriteStream(part));
    const { size } = await stat(part);
    if (bytes !== undefined && size !== bytes) throw new Error(`${path} came with ${size} bytes of ${bytes}.`);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
