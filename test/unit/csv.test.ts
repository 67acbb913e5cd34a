import { checkCsv } from '../../src/csv/check-csv.js';
import { readRows } from '../../src/csv/read-rows.js';
import { splitImageUrls } from '../../src/csv/split-image-urls.js';
import { type ImageOutcome, writeOutput } from '../../src/csv/write-output.js';
import { CsvFileError } from '../../src/domain/csv-error.js';
import type { ImageId } from '../../src/domain/ids.js';

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
const HEAD = 'No,Name,Images';

async function* pieces(bytes: Buffer, size = bytes.length || 1) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function rowsOf(text: string | Buffer, size?: number) {
  const { header, batches } = await readRows(pieces(Buffer.from(text), size), LIMITS);
  const rows = [];
  for await (const batch of batches) rows.push(...batch);
  return { header, rows };
}

async function fileError(text: string | Buffer) {
  const error = await rowsOf(text).catch((failure) => failure);
  expect(error).toBeInstanceOf(CsvFileError);
  return (error as CsvFileError).error;
}

const firstError = async (row: string) => (await rowsOf(`${HEAD}\n${row}\n`)).rows[0]?.errors[0];

describe('reading a CSV', () => {
  it.each([
    ['S. No.', 'Product Name', 'Input Image Urls'],
    ['#', 'name', 'Image Src'],
    ['serial', 'PRODUCT', 'image_url'],
    ['Sr No', ' Name ', 'images'],
    ['SerialNumber', 'product-name', 'Input Image Urls (URLs)'],
  ])('knows the headers %s, %s and %s', async (...headers) => {
    const { rows } = await rowsOf(`${headers.join(',')}\n1.,Lamp,http://x.de/a.jpg\n`);
    expect(rows).toMatchObject([
      { row: 1, serialNumber: '1', productName: 'Lamp', imageUrls: ['http://x.de/a.jpg'], errors: [] },
    ]);
  });

  const encodings: [string, (text: string) => Buffer][] = [
    ['UTF-8', (text) => Buffer.from(text)],
    ['UTF-8 with BOM', (text) => Buffer.from(`\ufeff${text}`)],
    ['UTF-16 LE', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 BE', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ];
  for (const [encoding, encode] of encodings) {
    for (const delimiter of [',', ';', '|', '\t']) {
      it.each(['\n', '\r\n', '\r'])(
        `reads ${encoding} with ${JSON.stringify(delimiter)} and line ends %j in any chunking`,
        async (lineEnd) => {
          const lines = [
            ['No', 'Name', 'More', 'Images'],
            ['1', 'Lämpchen 🪔', `"a ""quoted""${lineEnd}line ${delimiter}"`, 'http://x.de/ä.jpg'],
            ['2', 'Chair', 'lone " quote', 'http://x.de/b.jpg'],
          ];
          const bytes = encode(lines.map((cells) => cells.join(delimiter)).join(lineEnd));
          for (const size of [1, 3, 7, 65_536]) {
            const { rows } = await rowsOf(bytes, size);
            expect(rows.map(({ cells }) => cells)).toEqual([
              ['1', 'Lämpchen 🪔', `a "quoted"${lineEnd}line ${delimiter}`, 'http://x.de/ä.jpg'],
              ['2', 'Chair', 'lone " quote', 'http://x.de/b.jpg'],
            ]);
          }
        },
      );
    }
  }

  it('takes mixed line ends, blank lines, empty columns at the end and rows that lack them', async () => {
    const { rows } = await rowsOf(`${HEAD},Note,,\r\n1,A,http://x.de/a.jpg,n,,\n\n,,,,,\r2,B,http://x.de/b.jpg\r\n`);
    expect(rows.map(({ cells }) => cells)).toEqual([
      ['1', 'A', 'http://x.de/a.jpg', 'n'],
      ['2', 'B', 'http://x.de/b.jpg', ''],
    ]);
    expect(rows.every(({ errors }) => errors.length === 0)).toBe(true);
  });

  it('reads URLs that stood unquoted and spilled into columns without a header', async () => {
    const { rows } = await rowsOf(`${HEAD}\n1,A,http://x.de/a.jpg,http://x.de/b,c.jpg\n`);
    expect(rows).toMatchObject([{ imageUrls: ['http://x.de/a.jpg', 'http://x.de/b,c.jpg'], errors: [] }]);
    const middle = await rowsOf('No,Images,Name\n1,http://x.de/a.jpg,http://x.de/b.jpg,Lamp\n');
    expect(middle.rows).toMatchObject([
      { productName: 'Lamp', imageUrls: ['http://x.de/a.jpg', 'http://x.de/b.jpg'], errors: [] },
    ]);
  });

  it.each([
    ['http://a.de/1.jpg,http://a.de/2.jpg', ['http://a.de/1.jpg', 'http://a.de/2.jpg']],
    [' https://a.de/1.jpg |\nhttps://a.de/2.jpg; ', ['https://a.de/1.jpg', 'https://a.de/2.jpg']],
    ['http://a.de/w_1,h_2/x y.jpg http://a.de/2', ['http://a.de/w_1,h_2/x y.jpg', 'http://a.de/2']],
    ['http://a.de/?u=http://b.de/x.jpg', ['http://a.de/?u=http://b.de/x.jpg']],
    ['nonsense, http://a.de/1', ['nonsense', 'http://a.de/1']],
    [' , ', []],
  ])('splits %j only where the next URL starts', (cell, urls) => {
    expect(splitImageUrls(cell)).toEqual(urls);
  });

  it('splits hostile cells in linear time: in squared time it would never end', () => {
    const counts = [' ,', 'a', '://', 'a://'].map((part) => splitImageUrls(part.repeat(1_000_000)).length);
    expect(counts.every((count) => count <= 1_000_000)).toBe(true);
  });
});

describe('errors of a CSV', () => {
  it.each([
    ['EMPTY_FILE', ''],
    ['EMPTY_FILE', '\n\r\n'],
    ['EMPTY_FILE', `${HEAD}\n`],
    ['NOT_CSV', Buffer.from('504b0304140000000800', 'hex')],
    ['NOT_CSV', Buffer.from('89504e470d0a1a0a', 'hex')],
    ['NOT_CSV', `${HEAD}\n1,A\0,http://x.de\n`],
    // Neither UTF-8 nor Windows-1252, which has nothing at 0x81.
    [
      'NOT_UTF8',
      Buffer.concat([Buffer.from(`${HEAD}\n1,`), Buffer.from([0xe4, 0x81]), Buffer.from(',http://x.de/\n')]),
    ],
    // Begun in UTF-8, and gone on in something else.
    [
      'NOT_UTF8',
      Buffer.concat([Buffer.from(`${HEAD}\n1,ä`), Buffer.from([0xe4, 0xff]), Buffer.from(',http://x.de/\n')]),
    ],
    ['MISSING_COLUMN', 'No,Name\n1,A\n'],
    ['DUPLICATE_COLUMN', 'No,Name,Images,Image Url\n1,A,http://x.de,http://x.de\n'],
    ['DUPLICATE_COLUMN', 'No,Name,Images,x,X\n1,A,http://x.de,1,2\n'],
    ['WRONG_COLUMN_COUNT', `${HEAD},${Array.from({ length: 10_000 }, (_, n) => `c${n}`).join(',')}\n1\n`],
    ['UNTERMINATED_QUOTE', `${HEAD}\n1,A,http://x.de\n2,"B,http://x.de\n`],
    ['TOO_MANY_ROWS', `${HEAD}\n${Array.from({ length: 1_001 }, (_, n) => `${n},A,http://x.de/`).join('\n')}`],
    ['FIELD_TOO_LONG', `${HEAD}\n1,"${'x'.repeat(2 ** 21)}`],
  ])('%s is told for the whole file', async (code, text) => {
    const error = await fileError(text);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/\.$/);
  });

  it('MISSING_COLUMN names all that are missing', async () => {
    expect(await fileError('a,Name\n1,2\n')).toMatchObject({
      message: 'The columns “Serial Number” and “Input Image Urls” are missing. Found: “a”, “Name”.',
      column: 'Serial Number',
    });
    expect((await fileError('No,Name\n1,2\n')).message).toBe(
      'The column “Input Image Urls” is missing. Found: “No”, “Name”.',
    );
  });

  it('UNTERMINATED_QUOTE names the row where the quote opens', async () => {
    expect(await fileError(`${HEAD}\n1,A,http://x.de\n2,"B,http://x.de\n`)).toMatchObject({ row: 2 });
  });

  it.each([
    ['MISSING_VALUE', 'No', ',A,http://x.de/a.jpg'],
    ['MISSING_VALUE', 'Name', '1, ,http://x.de/a.jpg'],
    ['MISSING_VALUE', 'Images', '1,A,'],
    ['INVALID_URL', 'Images', '1,A,ftp://x.de/a.jpg'],
    ['INVALID_URL', 'Images', '1,A,http://'],
    ['INVALID_URL', 'Images', '1,A,"http://x.de/a.jpg http://["'],
    ['TOO_MANY_IMAGES', 'Images', '1,A,"http://x.de/1 http://x.de/2 http://x.de/3 http://x.de/4"'],
    ['FIELD_TOO_LONG', 'Name', `1,${'x'.repeat(300_000)},http://x.de/a.jpg`],
    ['WRONG_COLUMN_COUNT', null, '1,A'],
    ['WRONG_COLUMN_COUNT', null, '1,A,nothing,more'],
  ])('%s is told with its row and the column %s', async (code, column, row) => {
    expect(await firstError(row)).toMatchObject({ code, row: 1, column });
  });

  it('DUPLICATE_SERIAL_NUMBER names both rows', async () => {
    const { rows } = await rowsOf(`${HEAD}\n1,A,http://x.de/a\n2,B,http://x.de/b\n1.,C,http://x.de/c\n`);
    expect(rows[2]?.errors).toMatchObject([
      { code: 'DUPLICATE_SERIAL_NUMBER', row: 3, column: 'No', message: expect.stringContaining('row 1') },
    ]);
  });

  it('are named up to a hundred, and counted beyond', async () => {
    const text = `${HEAD}\n${Array.from({ length: 150 }, (_, n) => `${n},,http://x.de/`).join('\n')}\n999,Good,http://x.de/`;
    const check = await checkCsv(pieces(Buffer.from(text)), LIMITS);
    expect(check).toMatchObject({ rows: 1, imageUrls: 1, skippedRows: 150, errorCount: 150 });
    expect(check.errors).toHaveLength(100);
  });
});

describe('the output CSV', () => {
  async function outputOf(
    text: string,
    outcomes: Record<string, ImageOutcome>,
    hasErrors: boolean,
    replaceUrls = false,
  ) {
    const rows = await readRows(pieces(Buffer.from(text)), LIMITS);
    const chunks: Buffer[] = [];
    for await (const chunk of writeOutput(rows, {
      hasErrors,
      replaceUrls,
      imageIdOf: (url) => url as ImageId,
      outcomes: async () => new Map(Object.entries(outcomes) as [ImageId, ImageOutcome][]),
    }))
      chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }

  it('has every input column in its order, and the outputs at the end in the order of the inputs', async () => {
    const text = '\ufeffNo;Output Image Urls;Name;Images;Note\r\n1;old;"a;b";http://x.de/1 http://x.de/2;=1+1\r\n';
    const outcomes = { 'http://x.de/1': { error: 'HTTP_ERROR: 404' }, 'http://x.de/2': { outputUrl: 'http://o/2' } };
    expect(await outputOf(text, outcomes, true)).toBe(
      '\ufeffNo;Name;Images;Note;Output Image Urls;Errors\r\n1;"a;b";http://x.de/1 http://x.de/2;=1+1;,http://o/2;http://x.de/1 HTTP_ERROR: 404\r\n',
    );
  });

  it('has, where URLs are replaced, the columns of the input alone, and an old URL where there is no new one', async () => {
    const text =
      'No;Output Image Urls;Name;Images;Note\r\n1;old;A;http://x.de/1 http://x.de/2;n\r\n2;old;;http://x.de/1;n\r\n';
    const outcomes = { 'http://x.de/1': { outputUrl: 'http://o/1' }, 'http://x.de/2': { error: 'HTTP_ERROR: 404' } };
    expect(await outputOf(text, outcomes, true, true)).toBe(
      'No;Name;Images;Note\r\n1;A;http://o/1,http://x.de/2;n\r\n2;;http://x.de/1;n\r\n',
    );
  });

  it('puts spilled URLs back into their column, so that it parses again', async () => {
    const text = `${HEAD}\n1,A,http://x.de/1,http://x.de/2\n`;
    const outcomes = { 'http://x.de/1': { outputUrl: 'o1' }, 'http://x.de/2': { outputUrl: 'o2' } };
    const output = await outputOf(text, outcomes, false);
    expect(output).toBe(`${HEAD},Output Image Urls\n1,A,"http://x.de/1,http://x.de/2","o1,o2"\n`);
    expect((await rowsOf(output)).rows).toMatchObject([{ imageUrls: ['http://x.de/1', 'http://x.de/2'], errors: [] }]);
  });

  it('defuses a cell of ours that a spreadsheet would run', async () => {
    const output = await outputOf(`${HEAD}\n1,A,http://x.de/1\n`, { 'http://x.de/1': { outputUrl: '=cmd()' } }, false);
    expect(output).toContain(",'=cmd()");
  });
});
