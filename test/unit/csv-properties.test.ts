import fc from 'fast-check';
import { DELIMITERS } from '../../src/csv/csv-header.js';
import { openCsv } from '../../src/csv/read-csv.js';
import { readRows } from '../../src/csv/read-rows.js';
import { writeOutput } from '../../src/csv/write-output.js';
import type { ImageId } from '../../src/domain/ids.js';

const LIMITS = { maxFileBytes: 1e9, maxRows: 1_000, maxImagesPerRow: 100 };
const HEADER = ['No', 'Name', 'Images', 'Note, "1"; x|y\tz'];

const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with mark': (text) => Buffer.from(`\ufeff${text}`),
  'UTF-16 LE': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'UTF-16 BE': (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
};

/** Any text a cell may hold, with the signs that matter to a CSV more often than chance would have them. */
const cell = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', '""', ',', ';', '|', '\t', '\n', '\r', '\r\n', ' ', "'", '=', '\ufeff'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join('').replaceAll('\0', ''));

/** A row that is not wholly empty, which a reader would pass over. */
const row = fc.tuple(
  cell.map((text) => `n${text}`),
  cell,
  cell,
  cell,
);

/** How a file is put into bytes, and how those come. */
const form = fc.record({
  delimiter: fc.constantFrom(...DELIMITERS),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  encoding: fc.constantFrom(...Object.keys(encodings)),
  quoteAll: fc.boolean(),
  endsWithLineEnd: fc.boolean(),
  pieces: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 }),
});
type Form = typeof form extends fc.Arbitrary<infer T> ? T : never;

/** RFC 4180, written down once more: the reader is not tested by its own writer. */
function write(rows: readonly (readonly string[])[], { delimiter, lineEnd, quoteAll, endsWithLineEnd }: Form): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const needs = (text: string) => quoteAll || /["\r\n\t,;|]/.test(text);
  const lines = rows.map((cells) => cells.map((text) => (needs(text) ? quoted(text) : text)).join(delimiter));
  return lines.join(lineEnd) + (endsWithLineEnd ? lineEnd : '');
}

async function* inPieces(bytes: Buffer, sizes: readonly number[]) {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const encode = (text: string, { encoding }: Form) => encodings[encoding]?.(text) ?? Buffer.alloc(0);

describe('what is parsed is what was written', () => {
  it('in every delimiter, line end, encoding and chunking', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 6 }), form, async (rows, how) => {
        const bytes = encode(write([HEADER, ...rows], how), how);
        const { header, batches } = await openCsv(inPieces(bytes, how.pieces), () => undefined);
        const cells: string[][] = [];
        for await (const batch of batches) cells.push(...batch);
        expect(header.cells).toEqual(HEADER);
        expect(header.delimiter).toBe(how.delimiter);
        expect(cells).toEqual(rows);
      }),
      { numRuns: 400 },
    );
  });

  it('and what we write is read back: every cell of the input, and our own after them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), form, async (texts, how) => {
        const rows = texts.map(([name, note], index) => [String(index), `n${name}`, `http://x.example/${index}`, note]);
        const read = async (bytes: Buffer) => readRows(inPieces(bytes, how.pieces), LIMITS);
        const imageIdOf = (url: string) => url as ImageId;
        const outcomes = async (urls: readonly ImageId[]) =>
          new Map(urls.map((url, index) => [url, index % 2 ? { error: '=cmd()' } : { outputUrl: `${url}/out` }]));
        const chunks: Buffer[] = [];
        const input = await read(encode(write([HEADER, ...rows], how), how));
        for await (const chunk of writeOutput(input, { hasErrors: true, replaceUrls: false, imageIdOf, outcomes }))
          chunks.push(chunk);
        const output = await read(Buffer.concat(chunks));
        const cells: string[][] = [];
        for await (const batch of output.batches) cells.push(...batch.map((each) => each.cells));
        expect(output.header.cells).toEqual([...HEADER, 'Output Image Urls', 'Errors']);
        expect(cells.map((each) => each.slice(0, 4))).toEqual(rows);
        // A cell of ours begins with nothing that a spreadsheet runs.
        for (const each of cells.flatMap((texts) => texts.slice(4))) expect(each).not.toMatch(/^[=+\-@\t\r\n]/);
      }),
      { numRuns: 200 },
    );
  });
});
