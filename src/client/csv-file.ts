import { PixelpressError } from './pixelpress-error.js';

/** A CSV to upload: a path (in Node), a Blob or File, or a stream of bytes. */
export type CsvSource = string | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** A CSV as it is sent. */
export interface CsvFile {
  name: string;
  content: Blob | AsyncIterable<Uint8Array>;
}

const TYPE = { type: 'text/csv' };

/**
 * Makes a file of what was given. A stream is sent as it comes in Node; a browser, which can send no streams to a
 * service like ours, gathers it first. @throws PixelpressError BAD_USER_INPUT where there is no such file
 */
export async function openCsvFile(source: CsvSource, fileName?: string): Promise<CsvFile> {
  if (typeof source === 'string') return openPath(source, fileName);
  if (source instanceof Blob) {
    const ownName = source instanceof File ? source.name : 'products.csv';
    return { name: fileName ?? ownName, content: source };
  }
  const name = fileName ?? 'products.csv';
  const chunks = 'getReader' in source ? readChunks(source) : source;
  return { name, content: isNode() ? chunks : await gather(chunks) };
}

/** Asked for at run time: an import, even a dynamic one, would stop the bundlers of browsers. */
function isNode(): boolean {
  return typeof globalThis.process?.getBuiltinModule === 'function';
}

async function openPath(path: string, fileName = path.slice(path.search(/[^/\\]*$/))): Promise<CsvFile> {
  if (!isNode()) throw new PixelpressError('BAD_USER_INPUT', 'A path is read in Node only: give a File or a Blob.');
  const { openAsBlob, promises } = process.getBuiltinModule('node:fs');
  const isFile = await promises.stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) throw new PixelpressError('BAD_USER_INPUT', `There is no file ${path}.`);
  return { name: fileName, content: await openAsBlob(path, TYPE) };
}

/** Not every browser can iterate a stream by itself. */
async function* readChunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) yield chunk.value;
  } finally {
    await reader.cancel();
  }
}

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunks) parts.push(new Uint8Array(chunk));
  return new Blob(parts, TYPE);
}
