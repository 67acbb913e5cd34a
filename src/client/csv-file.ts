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
  if ('getReader' in source) return { name, content: await sendable(readChunks(source)) };
  return { name, content: await sendable(isNodeStream(source) ? readNodeStream(source) : source) };
}

async function sendable(chunks: AsyncIterable<Uint8Array>): Promise<CsvFile['content']> {
  return isNode() ? chunks : gather(chunks);
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

/** Not every browser can iterate a stream by itself; and `return` is heard while a chunk is waited for. */
function readChunks(stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  const reader = stream.getReader();
  const end = { done: true, value: undefined } as const;
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const { done, value } = await reader.read();
        return done ? end : { done, value };
      },
      async return() {
        await reader.cancel();
        return end;
      },
    }),
  };
}

/** A stream of Node, left as one of the web is: its own iterator does not hear of an end while it waits. */
function readNodeStream(stream: AsyncIterable<Uint8Array> & { destroy(): void }): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => {
      const chunks = stream[Symbol.asyncIterator]();
      return {
        next: () => chunks.next(),
        async return() {
          stream.destroy();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** Whether it can be ended from without. */
function isNodeStream(source: AsyncIterable<Uint8Array>): source is AsyncIterable<Uint8Array> & { destroy(): void } {
  return 'destroy' in source && typeof source.destroy === 'function';
}

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunks) parts.push(new Uint8Array(chunk));
  return new Blob(parts, TYPE);
}
