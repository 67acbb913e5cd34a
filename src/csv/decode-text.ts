import { isAscii, isUtf8 } from 'node:buffer';
import { CsvFileError } from '../domain/csv-error.js';
import type { Warn } from '../domain/csv-warning.js';
import { peekStart } from './peek-start.js';
import { decodeWindows1252 } from './windows-1252.js';

export interface DecodedText {
  bom: boolean;
  /** UTF-8 whatever the file was in, proven valid. */
  chunks: AsyncIterable<Buffer>;
}

/** Turns one piece of a file into text; `null` asks for what is left at its end. Throws where the bytes are not valid. */
interface Decoder {
  name: string;
  decode(bytes: Uint8Array | null): string;
}

/**
 * UTF-8 with or without BOM, UTF-16 with BOM, or Windows-1252, as Excel writes it. Which of the two a file without a
 * BOM is in, its first character beyond ASCII decides: whatever was read before is the same in both, and what comes
 * after it must be valid in the same encoding. So no file is read half in one and half in the other, and how it came
 * in pieces does not matter. @throws CsvFileError EMPTY_FILE, NOT_CSV, NOT_UTF8
 */
export async function decodeText(source: AsyncIterable<Uint8Array>, warn: Warn): Promise<DecodedText> {
  const peeked = await peekStart(source);
  if (peeked.start.length === 0) throw fileError('EMPTY_FILE', 'The file is empty.');
  const marked = encodingOf(peeked.start);
  if (marked) return { bom: true, chunks: decode(peeked.source, () => textDecoder(marked, false), warn) };
  return { bom: false, chunks: decode(atFirstCharacter(peeked.source), decoderOf, warn) };
}

/** The encoding that a byte order mark tells; null where there is none. */
function encodingOf(start: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' | null {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return 'utf-8';
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  return null;
}

/**
 * The same bytes, so cut that a piece begins with the first one beyond ASCII and holds the whole of its character,
 * however the file came.
 */
async function* atFirstCharacter(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Buffer | null = null;
  let isDecided = false;
  for await (const chunk of source) {
    if (isDecided || (!held && isAscii(chunk))) {
      yield chunk;
      continue;
    }
    const at: number = held ? 0 : chunk.findIndex((byte) => byte >= 0x80);
    if (at > 0) yield chunk.subarray(0, at);
    held = Buffer.concat([held ?? Buffer.alloc(0), chunk.subarray(at)]);
    if (held.length < LONGEST_CHARACTER) continue;
    isDecided = true;
    yield held;
  }
  if (held && !isDecided) yield held;
}

/** Bytes of the longest character of UTF-8. */
const LONGEST_CHARACTER = 4;

/** The decoder for a file without BOM whose first character beyond ASCII stands at the start; null where none does yet. */
function decoderOf(chunk: Uint8Array): Decoder | null {
  const first = chunk[0] ?? 0;
  if (first < 0x80) return null;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  return isUtf8(chunk.subarray(0, length)) ? textDecoder('utf-8', true) : windows1252;
}

const windows1252: Decoder = {
  name: 'Windows-1252',
  decode(bytes) {
    const text = decodeWindows1252(bytes ?? new Uint8Array());
    if (text === null) throw new TypeError('not Windows-1252');
    return text;
  },
};

const ascii: Decoder = { name: 'ASCII', decode: (bytes) => (bytes ? Buffer.from(bytes).toString('latin1') : '') };

/** @param keepsBom where the file has no mark at its start, one further on is a character like any other */
function textDecoder(encoding: string, keepsBom: boolean): Decoder {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: keepsBom });
  return {
    name: encoding.toUpperCase(),
    decode: (bytes) => (bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode()),
  };
}

/** @param choose the decoder from a piece on that decides it; until then all is ASCII */
async function* decode(
  pieces: AsyncIterable<Uint8Array>,
  choose: (piece: Uint8Array) => Decoder | null,
  warn: Warn,
): AsyncGenerator<Buffer> {
  let decoder: Decoder | null = null;
  let line = 1;
  const toBytes = (piece: Uint8Array | null): Buffer => {
    const text = toText(decoder ?? ascii, piece, line);
    const nul = text.indexOf('\0');
    if (nul !== -1) {
      const place = line + countLines(Buffer.from(text.slice(0, nul)));
      throw fileError('NOT_CSV', `The file holds a NUL byte in line ${place}: it is not a text file.`);
    }
    const bytes = Buffer.from(text);
    line += countLines(bytes);
    return bytes;
  };
  for await (const piece of pieces) {
    if (!decoder) {
      decoder = choose(piece);
      if (decoder === windows1252) warn(encodingWarning(line));
    }
    const bytes = toBytes(piece);
    if (bytes.length > 0) yield bytes;
  }
  const rest = toBytes(null);
  if (rest.length > 0) yield rest;
}

function encodingWarning(line: number) {
  const message = `Line ${line} is not in UTF-8: the file was read as Windows-1252. Look whether its letters are right.`;
  return { code: 'ENCODING', message, row: null, column: null } as const;
}

function toText(decoder: Decoder, piece: Uint8Array | null, line: number): string {
  try {
    return decoder.decode(piece);
  } catch {
    const place = line + countLines(Buffer.from(goodPart(decoder, piece ?? new Uint8Array())));
    const message =
      decoder === windows1252
        ? `Line ${place} is neither in UTF-8 nor in Windows-1252; save the file as “CSV UTF-8”.`
        : `Line ${place} is not in ${decoder.name}; save the file as “CSV UTF-8”.`;
    throw fileError('NOT_UTF8', message);
  }
}

/** What can be read of a piece before the place that is not valid. */
function goodPart(decoder: Decoder, piece: Uint8Array): string {
  if (decoder !== windows1252) return new TextDecoder(decoder.name).decode(piece).split('\ufffd')[0] ?? '';
  const end = piece.findIndex((byte) => decodeWindows1252(Uint8Array.of(byte)) === null);
  return Buffer.from(piece.subarray(0, end)).toString('latin1');
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
