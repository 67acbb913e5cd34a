import { CsvFileError } from '../domain/csv-error.js';

/** First bytes of what people upload by mistake under the name .csv. */
const MAGIC: readonly (readonly [string, number[]])[] = [
  ['a ZIP or Excel (.xlsx) file', [0x50, 0x4b, 0x03, 0x04]],
  ['an empty ZIP file', [0x50, 0x4b, 0x05, 0x06]],
  ['a RAR archive', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ['a 7z archive', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['an old Excel (.xls) file', [0xd0, 0xcf, 0x11, 0xe0]],
  ['a gzip file', [0x1f, 0x8b]],
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG image', [0xff, 0xd8, 0xff]],
  ['a GIF image', [0x47, 0x49, 0x46, 0x38]],
  ['a program', [0x7f, 0x45, 0x4c, 0x46]],
  ['a PDF', [0x25, 0x50, 0x44, 0x46, 0x2d]],
];
const LONGEST_START = 8;

export interface DecodedText {
  bom: boolean;
  /** UTF-8 whatever the file was in, proven valid. */
  chunks: AsyncIterable<Buffer>;
}

/** UTF-8 with or without BOM, or UTF-16 with BOM. @throws CsvFileError EMPTY_FILE, NOT_CSV, NOT_UTF8 */
export async function decodeText(source: AsyncIterable<Uint8Array>): Promise<DecodedText> {
  const input = source[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  while (start.length < LONGEST_START) {
    const { value, done } = await input.next();
    if (done) break;
    start = Buffer.concat([start, value]);
  }
  if (start.length === 0) throw fileError('EMPTY_FILE', 'The file is empty.');
  const kind = MAGIC.find(([, bytes]) => bytes.every((byte, index) => start[index] === byte));
  if (kind) throw fileError('NOT_CSV', `This is ${kind[0]}, not a CSV.`);
  const encoding = encodingOf(start);
  return { bom: encoding !== null, chunks: decode(start, input, encoding ?? 'utf-8') };
}

/** The encoding that a byte order mark tells; null where there is none. */
function encodingOf(start: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' | null {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return 'utf-8';
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  return null;
}

async function* decode(start: Buffer, input: AsyncIterator<Uint8Array>, encoding: string): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let line = 1;
  try {
    for (let chunk: Uint8Array | undefined = start; ; ) {
      const text: string = toText(decoder, chunk, line);
      const nul = text.indexOf('\0');
      if (nul !== -1) {
        const place = line + countLines(Buffer.from(text.slice(0, nul)));
        throw fileError('NOT_CSV', `The file holds a NUL byte in line ${place}: it is not a text file.`);
      }
      if (text) {
        const bytes = Buffer.from(text);
        line += countLines(bytes);
        yield bytes;
      }
      if (!chunk) return;
      const next: IteratorResult<Uint8Array> = await input.next();
      chunk = next.done ? undefined : next.value;
    }
  } finally {
    await input.return?.();
  }
}

function toText(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array | undefined, line: number): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch {
    const good = new TextDecoder(decoder.encoding).decode(chunk).split('\ufffd')[0] ?? '';
    const place = line + countLines(Buffer.from(good));
    const name = decoder.encoding.toUpperCase();
    throw fileError('NOT_UTF8', `Line ${place} is not in ${name}; save the file as “CSV UTF-8”.`);
  }
}

/** Line feeds in UTF-8: what editors number lines by. */
function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}

function fileError(code: 'EMPTY_FILE' | 'NOT_CSV' | 'NOT_UTF8', message: string): CsvFileError {
  return new CsvFileError({ code, message, row: null, column: null });
}
