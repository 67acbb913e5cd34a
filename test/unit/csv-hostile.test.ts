import { checkCsv } from '../../src/csv/check-csv.js';
import { CsvFileError } from '../../src/domain/csv-error.js';

const LIMITS = {
  maxFileBytes: 1e9,
  maxRows: 1_000,
  maxImagesPerRow: 3,
  maxImageBytes: 1,
  maxImagePixels: 1,
  maxImageFrames: 1_000,
  compressTimeoutSeconds: 1,
  fetchTimeoutMs: 1,
  fetchPerHost: 1,
};
const HEAD = 'No,Name,Images\n';
const GOOD = '1,A,http://x.example/a.jpg\n';
const MIB = 1024 * 1024;

async function* pieces(bytes: Buffer, size = 65_536) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The same piece over and over, up to a gigabyte; tells how much of it was taken. */
function flood(head: string, text: string) {
  const piece = Buffer.from(text.repeat(65_536 / text.length));
  const flooding = {
    bytes: 0,
    async *source() {
      if (head) yield Buffer.from(head);
      for (; flooding.bytes < 1024 * MIB; flooding.bytes += piece.length) yield piece;
    },
  };
  return flooding;
}

async function outcomeOf(source: AsyncIterable<Uint8Array>) {
  try {
    const { rows, errors } = await checkCsv(source, LIMITS);
    return { rows, errors };
  } catch (error) {
    expect(error).toBeInstanceOf(CsvFileError);
    return { rows: 0, errors: [(error as CsvFileError).error] };
  }
}

const binary = (...bytes: number[]) => Buffer.from([...bytes, ...Buffer.from('some bytes\n')]);

describe('a hostile file is refused with its place', () => {
  it.each<[string, string | Buffer, object]>([
    ['nothing', '', { code: 'EMPTY_FILE' }],
    ['a byte order mark alone', '\ufeff', { code: 'EMPTY_FILE' }],
    ['blanks and line ends alone', '\r\n\r\n\n', { code: 'EMPTY_FILE' }],
    ['delimiters alone', ',,,\n,,,\n', { code: 'EMPTY_FILE' }],
    ['spaces alone', '  \n \n', { code: 'EMPTY_FILE' }],
    [
      'an empty header above rows',
      ',,\n1,Lamp,http://x.example/a.jpg\n',
      { code: 'MISSING_COLUMN', message: expect.stringContaining('Found: nothing.') },
    ],
    ['a header alone', HEAD, { code: 'EMPTY_FILE', message: 'The file has a header and no rows.' }],
    ['a header without a line end', HEAD.trim(), { code: 'EMPTY_FILE' }],
    ['empty rows alone', `${HEAD},,\n,,\n`, { code: 'EMPTY_FILE' }],
    [
      'a NUL byte',
      `${HEAD}${GOOD}2,B\0,http://x.example\n`,
      { code: 'NOT_CSV', message: expect.stringContaining('line 3') },
    ],
    ['NUL bytes at the start', `\0\0${HEAD}${GOOD}`, { code: 'NOT_CSV', message: expect.stringContaining('line 1') }],
    ['UTF-16 without its mark', Buffer.from(HEAD + GOOD, 'utf16le'), { code: 'NOT_CSV' }],
    [
      'half a character of UTF-16',
      Buffer.concat([Buffer.from(`\ufeff${HEAD}${GOOD}`, 'utf16le'), Buffer.from('x')]),
      { code: 'NOT_UTF8', message: expect.stringContaining('Line 3') },
    ],
    [
      'what begins in UTF-8 and goes on in Latin-1',
      Buffer.concat([Buffer.from(`${HEAD}1,Bär,http://x.example/a\n`), Buffer.from('2,Bär', 'latin1')]),
      { code: 'NOT_UTF8', message: expect.stringContaining('Line 3') },
    ],
    [
      'what is neither in UTF-8 nor in Windows-1252',
      Buffer.concat([Buffer.from(HEAD + GOOD), Buffer.from([0x32, 0x2c, 0x81])]),
      { code: 'NOT_UTF8', message: expect.stringContaining('Line 3') },
    ],
    [
      'an encoded surrogate, after a character of UTF-8',
      Buffer.concat([Buffer.from(`${HEAD}ä`), Buffer.from([0xed, 0xa0, 0x80])]),
      { code: 'NOT_UTF8' },
    ],
    ['a ZIP', binary(0x50, 0x4b, 3, 4), { code: 'NOT_CSV', message: expect.stringContaining('ZIP') }],
    ['an empty ZIP', binary(0x50, 0x4b, 5, 6), { code: 'NOT_CSV', message: expect.stringContaining('ZIP') }],
    ['an old Excel file', binary(0xd0, 0xcf, 0x11, 0xe0), { code: 'NOT_CSV', message: expect.stringContaining('xls') }],
    ['a gzip', binary(0x1f, 0x8b), { code: 'NOT_CSV', message: expect.stringContaining('gzip') }],
    ['a 7z', binary(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c), { code: 'NOT_CSV', message: expect.stringContaining('7z') }],
    ['a RAR', binary(0x52, 0x61, 0x72, 0x21, 0x1a, 7), { code: 'NOT_CSV', message: expect.stringContaining('RAR') }],
    ['a PNG', binary(0x89, 0x50, 0x4e, 0x47), { code: 'NOT_CSV', message: expect.stringContaining('PNG') }],
    ['a JPEG', binary(0xff, 0xd8, 0xff), { code: 'NOT_CSV', message: expect.stringContaining('JPEG') }],
    ['a GIF', 'GIF89a', { code: 'NOT_CSV', message: expect.stringContaining('GIF') }],
    ['a PDF', '%PDF-1.7', { code: 'NOT_CSV', message: expect.stringContaining('PDF') }],
    ['a program', binary(0x7f, 0x45, 0x4c, 0x46), { code: 'NOT_CSV', message: expect.stringContaining('program') }],
    ['a web page', '<!doctype html><html></html>', { code: 'MISSING_COLUMN' }],
    [
      'a quote that is never closed',
      `${HEAD}${GOOD}2,"B,http://x.example\n3,C,http://x.example\n`,
      { code: 'UNTERMINATED_QUOTE', row: 2 },
    ],
    ['a quote that opens the file', `"${HEAD}${GOOD}`, { code: 'UNTERMINATED_QUOTE', row: null }],
    ['a header twice', 'No,Name,Images,Name\n1,A,http://x.example,B\n', { code: 'DUPLICATE_COLUMN', column: 'Name' }],
    [
      'two headers for one column',
      'No,Name,Product,Images\n1,A,B,http://x.example\n',
      { code: 'DUPLICATE_COLUMN', column: 'Product' },
    ],
    [
      'ten thousand columns',
      `${HEAD.trim()},${Array.from({ length: 10_000 }, (_, n) => `c${n}`).join(',')}\n1\n`,
      { code: 'WRONG_COLUMN_COUNT', message: expect.stringContaining('10003') },
    ],
    [
      'ten thousand cells',
      `${HEAD}1,A,x${',x'.repeat(10_000)}\n`,
      { code: 'WRONG_COLUMN_COUNT', row: 1, message: expect.stringContaining('10003') },
    ],
    [
      'ten thousand cells behind a URL, whose commas they would be',
      `${HEAD}1,A,http://x.example/a${',x'.repeat(10_000)}\n`,
      { code: 'WRONG_COLUMN_COUNT', row: 1, message: expect.stringContaining('10003') },
    ],
    [
      'too many rows',
      HEAD + Array.from({ length: 1_001 }, (_, n) => `${n},A,http://x.example/`).join('\n'),
      { code: 'TOO_MANY_ROWS', row: 1_001 },
    ],
    ['too many rows that are empty', `${HEAD}${',,\n'.repeat(1_001)}`, { code: 'TOO_MANY_ROWS', row: 1_001 }],
    [
      'too many URLs in a row',
      `${HEAD}1,A,"${'http://x.example/a '.repeat(4)}"\n`,
      { code: 'TOO_MANY_IMAGES', row: 1, column: 'Images' },
    ],
    [
      'a cell that is too long',
      `${HEAD}1,${'x'.repeat(300_000)},http://x.example\n`,
      { code: 'FIELD_TOO_LONG', row: 1, column: 'Name' },
    ],
  ])('%s', async (_, text, error) => {
    for (const size of [7, 65_536]) {
      const { rows, errors } = await outcomeOf(pieces(Buffer.from(text), size));
      expect(rows).toBe(0);
      expect(errors[0]).toMatchObject(error);
    }
  });

  it.each<[string, string, string, number | null]>([
    ['of text', HEAD, 'x', 1],
    ['of quotes', HEAD, '"', 1],
    ['of delimiters, each of which would be a cell', HEAD, ',', 1],
    ['of quoted line ends', `${HEAD}1,"`, '\n', 1],
    ['of blanks', HEAD, ' ', 1],
    ['of text where the header belongs', '', 'x', null],
    ['of delimiters where the header belongs', '', ',', null],
    ['of line ends where the header belongs', '', '\n', null],
  ])('a gigabyte %s, of which little more than a record is read', async (_, head, text, row) => {
    const flooding = flood(head, text);
    const before = process.memoryUsage().rss;
    const { errors } = await outcomeOf(flooding.source());
    expect(errors[0]).toMatchObject({ code: 'FIELD_TOO_LONG', row });
    expect(flooding.bytes).toBeLessThan(4 * MIB);
    expect((process.memoryUsage().rss - before) / MIB).toBeLessThan(300);
  });

  it.each([
    ['a record that is just short enough', -1, 0],
    ['a record that is a little too long', 3, 1],
  ])('%s is that in whatever pieces the file comes: it is read again from a store', async (_, by, refused) => {
    const url = 'http://x.example/a';
    const cells = Array.from({ length: 8 }, () => '漢'.repeat(40_000)).join(',');
    const fill = MIB + by - Buffer.byteLength(`2,A,${url},${cells},\n`);
    const text = `${HEAD.trimEnd()},${'abcdefgh'.split('').join(',')},i\n1,A,${url}\n\n2,A,${url},${cells},${'x'.repeat(fill)}\n`;
    for (const size of [1_000, 16_384, 65_536, 3 * MIB]) {
      const { errors } = await outcomeOf(pieces(Buffer.from(text), size));
      expect(errors.map(({ code, row }) => [code, row])).toEqual(Array(refused).fill(['FIELD_TOO_LONG', 2]));
    }
  });

  it('a header that comes byte by byte is read in linear time: searched anew at each byte, it would never end', async () => {
    const bytes = Buffer.from(`No,Name,Images,"${'\n'.repeat(200_000)}"\n${GOOD}`);
    expect(await outcomeOf(pieces(bytes, 1))).toMatchObject({ rows: 1 });
  });
});

describe('a strange file is read without loss', () => {
  it.each([
    ['lone quotes within a cell', '1,5" pipe,http://x.example/a'],
    ['a quote after a quoted cell', '1,"A"B,http://x.example/a'],
    ['control characters', '1,A\u0001\u000b\u007f,http://x.example/a'],
    ['line separators of Unicode', '1,A\u2028B\u0085,http://x.example/a'],
    ['ten thousand empty columns at the end', `1,A,http://x.example/a${','.repeat(10_000)}`],
    ['a million blank lines', `${'\n'.repeat(1_000_000)}1,A,http://x.example/a`],
    [
      'mixed line ends',
      '1,A,http://x.example/a\r\n2,B,http://x.example/b\r3,C,http://x.example/c\n4,D,http://x.example/d',
    ],
  ])('%s', async (_, text) => {
    const { rows, errors } = await outcomeOf(pieces(Buffer.from(HEAD + text)));
    expect(errors).toEqual([]);
    expect(rows).toBe(text.includes('\r') ? 4 : 1);
  });
});
