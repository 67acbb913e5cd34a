import { buffer } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';

export interface UnzippedFile {
  name: string;
  bytes: Buffer;
  isStored: boolean;
}

/** The files of a ZIP, in its order; each checked against its size and its sum. */
export async function unzip(zip: Uint8Array): Promise<UnzippedFile[]> {
  const opened = await fromBufferPromise(Buffer.from(zip), { lazyEntries: true, strictFileNames: true });
  const files: UnzippedFile[] = [];
  for await (const entry of opened.eachEntry()) {
    const bytes = await buffer(await opened.openReadStreamPromise(entry));
    files.push({ name: entry.fileName, bytes, isStored: entry.compressionMethod === 0 });
  }
  return files;
}
