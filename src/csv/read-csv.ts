import { once } from 'node:events';
import { type Options, type Parser, CsvError as ParserError, parse } from 'csv-parse';
import { CsvFileError } from '../domain/csv-error.js';
import type { Warn } from '../domain/csv-warning.js';
import { MAX_FIELD_CHARS } from '../domain/limits.js';
import { type CsvHeader, countKnown, DELIMITERS, parseHeader } from './csv-header.js';
import { decodeText } from './decode-text.js';

/** Bytes of one record: what is longer is a file without line ends or a quote that is never closed. */
const MAX_RECORD_BYTES = 4 * MAX_FIELD_CHARS;
const RECORD_DELIMITERS = ['\r\n', '\n', '\r'];

export interface OpenCsv {
  header: CsvHeader;
  /** The cells of the records after the header, as many at once as came with one piece of the file. */
  batches: AsyncIterable<string[][]>;
}

/** Reads a CSV as a stream, in memory bounded by its longest record. @throws CsvFileError, also while it is read */
export async function openCsv(source: AsyncIterable<Uint8Array>, warn: Warn): Promise<OpenCsv> {
  const { bom, chunks } = await decodeText(source, warn);
  const input = chunks[Symbol.asyncIterator]();
  const { start, line } = await readFirstLine(input);
  const lineEnd = /\r\n|\n|\r/.exec(line.slice(line.trimEnd().length))?.[0] as CsvHeader['lineEnd'] | undefined;
  const delimiter = sniffDelimiter(line);
  const records = parseRecords(start, input, delimiter);
  const first = await records.next();
  const [head, ...rows] = first.value ?? [];
  if (!head || (isBlank(head) && !(await hasText(prepend(rows, records)))))
    throw emptyFile('There is no header in the file.');
  const header = parseHeader(head, { delimiter, lineEnd: lineEnd ?? '\n', bom });
  return { header, batches: prepend(rows, records) };
}

/** The first line that is not empty, whole even where a quoted header holds a line break, and all that was read. */
async function readFirstLine(input: AsyncIterator<Buffer>): Promise<{ start: Buffer; line: string }> {
  let start = Buffer.alloc(0);
  let lookAt = 0;
  for (;;) {
    const next = await input.next();
    if (!next.done) start = Buffer.concat([start, next.value]);
    // Not at every piece: a client that sends single bytes would have all of them looked through for each one.
    if (!next.done && start.length < lookAt) continue;
    lookAt = start.length * 2;
    const text = start.toString();
    const line = /^[\r\n]*((?:"[^"]*"|[^"\r\n])+(?:\r\n|\n|\r(?!$)))/.exec(text)?.[1];
    if (line) return { start, line };
    if (start.length > MAX_RECORD_BYTES) throw tooLong(0);
    if (next.done) return { start, line: text.trimStart() };
  }
}

/** The delimiter under which most of the columns that we need are found, and then most columns. */
function sniffDelimiter(line: string): string {
  const unquoted = line.replace(/"[^"]*"/g, (quoted) => quoted.replace(/[,;|\t]/g, ' '));
  const scored = DELIMITERS.map((delimiter) => {
    const cells = unquoted.split(delimiter);
    return { delimiter, score: countKnown(cells) * 10_000 + cells.length };
  });
  return scored.reduce((best, next) => (next.score > best.score ? next : best)).delimiter;
}

async function* parseRecords(
  start: Buffer,
  input: AsyncIterator<Buffer>,
  delimiter: string,
): AsyncGenerator<string[][], undefined> {
  let records: string[][] = [];
  let count = 0;
  const options: Options = {
    delimiter,
    record_delimiter: RECORD_DELIMITERS,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_BYTES,
    on_record: (record: string[], { bytes, empty_lines }) => {
      // What is thrown here ends the parser.
      if (open.isTooLong(bytes, empty_lines)) throw tooLong(count + records.length);
      open.endAt(bytes, empty_lines);
      records.push(record);
      return null;
    },
  };
  const parser = parse(options);
  const open = createOpenRecord();
  let written = 0;
  let failure: Error | null = null;
  parser.on('error', (error) => {
    failure = error;
  });
  parser.resume();
  /** Everything that the parser has found; it finds synchronously, but tells its error a tick later. */
  const take = () => {
    const taken = records;
    records = [];
    count += taken.length;
    return taken;
  };
  try {
    for (let chunk: Buffer | undefined = start; chunk; ) {
      parser.write(chunk);
      written += chunk.length;
      await nextTick();
      if (failure) throw failure;
      if (open.isTooLong(written, parser.info.empty_lines)) throw tooLong(count + records.length);
      if (records.length > 0) yield take();
      const next: IteratorResult<Buffer> = await input.next();
      chunk = next.done ? undefined : next.value;
    }
    await end(parser);
    if (failure) throw failure;
    if (records.length > 0) yield take();
  } catch (error) {
    throw translate(error, count + records.length);
  } finally {
    parser.destroy();
    await input.return?.();
  }
}

/**
 * Measures the record that has not ended: the parser's own limit counts what stands in the cells, and a row of
 * delimiters alone would become millions of empty ones. By bytes of the file, so that the same records are too long
 * whatever pieces it comes in: a file that was taken is read again from a store.
 */
function createOpenRecord() {
  let start = 0;
  let emptyBefore = 0;
  return {
    /** @param emptyLines so far: those before the record are a byte or two each, and no part of it */
    isTooLong: (bytes: number, emptyLines: number) => bytes - start - 2 * (emptyLines - emptyBefore) > MAX_RECORD_BYTES,
    endAt(bytes: number, emptyLines: number) {
      start = bytes;
      emptyBefore = emptyLines;
    },
  };
}

function nextTick(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

async function end(parser: Parser): Promise<void> {
  const closed = once(parser, 'close').catch(() => undefined);
  parser.end();
  await closed;
}

/** @param row of the record that could not be read: the header is 0 */
function translate(error: unknown, row: number): unknown {
  if (!(error instanceof ParserError)) return error;
  if (error.code === 'CSV_MAX_RECORD_SIZE') return tooLong(row);
  if (error.code !== 'CSV_QUOTE_NOT_CLOSED') return error;
  const message = `A quote that opens in ${row === 0 ? 'the header' : `row ${row}`} is not closed.`;
  return new CsvFileError({ code: 'UNTERMINATED_QUOTE', message, row: row || null, column: null });
}

function tooLong(row: number): CsvFileError {
  const place = row === 0 ? 'The first line' : `Row ${row}`;
  const message = `${place} is longer than ${MAX_RECORD_BYTES} bytes; a quote may not be closed in it.`;
  return new CsvFileError({ code: 'FIELD_TOO_LONG', message, row: row || null, column: null });
}

async function* prepend(first: string[][], more: AsyncIterable<string[][]>): AsyncGenerator<string[][]> {
  if (first.length > 0) yield first;
  yield* more;
}

/** Of a file that has no header: whether it has anything else. */
async function hasText(batches: AsyncIterable<string[][]>): Promise<boolean> {
  for await (const records of batches) if (!records.every(isBlank)) return true;
  return false;
}

function isBlank(record: readonly string[]): boolean {
  return record.every((cell) => cell.trim() === '');
}

function emptyFile(message: string): CsvFileError {
  return new CsvFileError({ code: 'EMPTY_FILE', message, row: null, column: null });
}
