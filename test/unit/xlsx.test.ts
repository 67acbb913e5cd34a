import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import writeExcelFile from 'write-excel-file/node';
import { buildXlsx, type XlsxCell } from '../support/build-xlsx.js';
import { buildZip } from '../support/build-zip.js';
import { readProducts, readTable } from '../support/read-table.js';

const HEAD: XlsxCell[] = ['No', 'Name', 'Images', 'Note'];
const URL_A = 'http://x.example/a.jpg';
const MIB = 1024 * 1024;
const xml = (text: (reference: string) => string): XlsxCell => ({ xml: text });
const cellsOf = async (file: Buffer, size?: number) => (await readTable(file, size)).rows.map(({ cells }) => cells);

const spooled = () => readdirSync(tmpdir()).filter((name) => /^pixelpress-.*\.part$/.test(name));

describe('an .xlsx', () => {
  it('is read as the CSV that Excel would save it as, however it comes', async () => {
    const file = buildXlsx({
      rows: [HEAD, ['1', 'Lämpchen <&> "rot"', `${URL_A}, ${URL_A}?b`, ' x '], [], ['2', 'Chair', URL_A]],
    });
    for (const size of [1_000, 100_000]) {
      const { kind, header, rows, warnings } = await readTable(file, size);
      expect([kind, header.dialect, header.cells]).toEqual(['XLSX', 'PLAIN', HEAD]);
      expect(rows.map(({ row, cells }) => [row, ...cells])).toEqual([
        [1, '1', 'Lämpchen <&> "rot"', `${URL_A}, ${URL_A}?b`, ' x '],
        [2, '2', 'Chair', URL_A, ''],
      ]);
      expect(rows.every(({ errors }) => errors.length === 0)).toBe(true);
      expect(warnings).toEqual([]);
    }
    expect(spooled()).toEqual([]);
  });

  it('of another writer is read too', async () => {
    const data = [
      ['Handle', 'Title', 'Image Src'],
      ['lamp', 'Lamp', URL_A],
      ['lamp', null, `${URL_A}?2`],
    ];
    const file = await writeExcelFile(data).toBuffer();
    expect(await readProducts(file)).toMatchObject([
      { serialNumber: 'lamp', name: 'Lamp', urls: [URL_A, `${URL_A}?2`] },
    ]);
  });

  it('has numbers, dates, truth values, formulas and texts of their own cell', async () => {
    const styles =
      '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[Red]dd\\ mmm"/><numFmt numFmtId="165" formatCode="0 &quot;days&quot;"/>' +
      '<numFmt numFmtId="166" formatCode="[Magenta]0.00"/><numFmt numFmtId="167" formatCode="[hh]"/></numFmts>' +
      '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/></cellXfs></styleSheet>';
    const cells = [
      xml((at) => `<c r="${at}"><v>1</v></c>`),
      xml((at) => `<c r="${at}" t="inlineStr"><is><r><t>La</t></r><r><t>mp</t></r><rPh><t>ignored</t></rPh></is></c>`),
      URL_A,
      xml((at) => `<c r="${at}"><v>0.10000000000000001</v></c>`),
      xml((at) => `<c r="${at}" s="1"><v>46350</v></c>`),
      xml((at) => `<c r="${at}" s="2"><v>46350.395833333336</v></c>`),
      xml((at) => `<c r="${at}" s="3"><v>7</v></c>`),
      xml((at) => `<c r="${at}" s="4"><v>12.5</v></c>`),
      xml((at) => `<c r="${at}" s="5"><v>46350</v></c>`),
      xml((at) => `<c r="${at}" t="b"><v>1</v></c>`),
      xml((at) => `<c r="${at}" t="str"><f>A1&amp;"x"</f><v>1x</v></c>`),
      xml((at) => `<c r="${at}" t="e"><v>#N/A</v></c>`),
      xml((at) => `<c r="${at}" t="inlineStr"><is><t>two_x000A_lines</t></is></c>`),
    ];
    const head = [...HEAD, 'date', 'time', 'days', 'colour', 'hours', 'true', 'formula', 'error', 'lines'];
    expect(await cellsOf(buildXlsx({ rows: [head, cells], styles }))).toEqual([
      [
        '1',
        'Lamp',
        URL_A,
        '0.1',
        '2026-11-24',
        '2026-11-24 09:30:00',
        '7',
        '12.5',
        '2026-11-24',
        'TRUE',
        '1x',
        '#N/A',
        'two\nlines',
      ],
    ]);
  });

  it('reads its first sheet that is shown, and tells of the others', async () => {
    const file = buildXlsx({
      rows: [HEAD, ['1', 'A', URL_A]],
      otherSheets: [{ name: 'Old' }, { name: 'Secret', isHidden: true }],
    });
    const { rows, warnings } = await readTable(file);
    expect(rows).toHaveLength(1);
    expect(warnings).toMatchObject([{ code: 'SHEETS_LEFT_OUT', message: expect.stringContaining('1 more') }]);
  });

  it('names what is wrong with a row as for a CSV', async () => {
    const wide = [...Array<string>(1_500).fill(''), 'far'];
    const { rows } = await readTable(
      buildXlsx({ rows: [HEAD, ['1', 'A'], ['1', 'B', URL_A], ['3', 'x'.repeat(300_000), URL_A], wide] }),
    );
    expect(rows.map(({ errors }) => errors.map(({ code, column }) => [code, column]))).toEqual([
      [['MISSING_VALUE', 'Images']],
      [['DUPLICATE_SERIAL_NUMBER', 'No']],
      [['FIELD_TOO_LONG', 'Name']],
      [['WRONG_COLUMN_COUNT', null]],
    ]);
  });
});

describe('an .xlsx that cannot be taken is refused with a sentence', () => {
  const rows = [HEAD, ['1', 'A', URL_A]];
  it.each<[string, string, string, Buffer]>([
    ['a ZIP of something else', 'NOT_CSV', 'This is a ZIP file, not a CSV.', buildZip({ 'a.txt': 'x' })],
    ['one that is cut off', 'NOT_CSV', 'damaged', buildXlsx({ rows }).subarray(0, 900)],
    ['one without a sheet', 'EMPTY_FILE', 'no worksheet', buildZip({ 'xl/workbook.xml': '<workbook/>' })],
    ['one with an empty sheet', 'EMPTY_FILE', 'nothing in the first sheet', buildXlsx({ rows: [] })],
    ['one with a header alone', 'EMPTY_FILE', 'a header and no rows', buildXlsx({ rows: [HEAD] })],
    ['one with another header', 'MISSING_COLUMN', 'Serial Number', buildXlsx({ rows: [['a', 'b']] })],
    [
      'one with too many columns',
      'WRONG_COLUMN_COUNT',
      'at most 1000',
      buildXlsx({ rows: [Array.from({ length: 1_200 }, (_, n) => `c${n}`)] }),
    ],
    [
      'one whose tag never ends',
      'NOT_CSV',
      'cannot be read',
      buildXlsx({ rows, sheet: `<worksheet a="${'x'.repeat(3 * MIB)}` }),
    ],
    ['one that is deeper than a sheet', 'NOT_CSV', 'cannot be read', buildXlsx({ rows, sheet: '<a>'.repeat(100_000) })],
    [
      'one that unpacks to more than is read',
      'FILE_TOO_LARGE',
      'unpacks to more than',
      buildXlsx({ rows, sheet: Buffer.alloc(40 * MIB, '<a></a>') }),
    ],
    [
      'one with more texts than a CSV may hold',
      'FILE_TOO_LARGE',
      'of text',
      buildXlsx({ rows, sharedStrings: `<sst>${`<si><t>${'x'.repeat(200_000)}</t></si>`.repeat(60)}</sst>` }),
    ],
    [
      'one that names a long text again and again',
      'FILE_TOO_LARGE',
      'unpacks to more than',
      buildXlsx({
        rows: [],
        sharedStrings: `<sst><si><t>${'x'.repeat(200_000)}</t></si></sst>`,
        sheet: `<sheetData>${'<row><c r="A1" t="s"><v>0</v></c></row>'.repeat(200)}</sheetData>`,
      }),
    ],
    [
      'one whose row is longer than a record',
      'FIELD_TOO_LONG',
      'The header is longer',
      buildXlsx({ rows: [Array<string>(8).fill('x'.repeat(200_000))] }),
    ],
  ])('%s', async (_, code, message, file) => {
    const before = process.memoryUsage().rss;
    await expect(readTable(file)).rejects.toMatchObject({ error: { code, message: expect.stringContaining(message) } });
    expect((process.memoryUsage().rss - before) / MIB).toBeLessThan(200);
    expect(spooled()).toEqual([]);
  });

  it('too many rows, without reading the rest', async () => {
    const many = Array.from({ length: 1_200 }, (_, row) => [String(row), 'A', URL_A]);
    await expect(readTable(buildXlsx({ rows: [HEAD, ...many] }))).rejects.toMatchObject({
      error: { code: 'TOO_MANY_ROWS', row: 1_001 },
    });
  });
});
