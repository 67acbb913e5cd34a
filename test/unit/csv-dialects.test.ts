import { checkCsv } from '../../src/csv/check-csv.js';
import { inPieces, readProducts, readTable, TABLE_LIMITS } from '../support/read-table.js';
import { shopifyExport, wooCommerceExport } from '../support/shop-exports.js';

const AT = 'http://x.example';

describe('a dialect is known by its headers', () => {
  it.each([
    ['PLAIN', 'No,Name,Images'],
    ['PLAIN', 'SKU,No,Name,Images'],
    ['PLAIN', 'Handle,No,Name,Image Src'],
    ['SHOPIFY', 'Handle,Image Src'],
    ['SHOPIFY', 'Title,URL handle,Product image URL'],
    ['SHOPIFY', 'handle,Option1 Name,IMAGE SRC,SKU'],
    ['WOOCOMMERCE', 'SKU,Name,Images'],
    ['WOOCOMMERCE', 'ID,Type,SKU,Name,Attribute 1 name,Images'],
  ])('%s by %s', async (dialect, head) => {
    const row = head.split(',').map(() => 'x');
    expect((await readTable(`${head}\n${row.join(',')}\n`)).header.dialect).toBe(dialect);
  });

  it('with any delimiter, and tells what a plain one lacks where none fits', async () => {
    expect((await readTable(shopifyExport(AT).replaceAll(',', ';'))).header).toMatchObject({
      dialect: 'SHOPIFY',
      delimiter: ';',
    });
    await expect(readTable('SKU,Images\n1,x\n')).rejects.toThrow(
      'The columns “Serial Number” and “Product Name” are missing.',
    );
  });
});

describe('a Shopify export', () => {
  it('is one product for the rows of a handle, named by the first, its images by their position', async () => {
    expect(await readProducts(shopifyExport(AT))).toEqual([
      {
        row: 1,
        serialNumber: 'lamp',
        name: 'Lamp, "red"',
        urls: [`${AT}/lamp-1.jpg`, `${AT}/lamp-2.jpg`],
        endSeq: 2,
      },
      { row: 4, serialNumber: 'chair', name: 'Chair', urls: [`${AT}/chair.jpg`], endSeq: 3 },
      { row: 5, serialNumber: 'gift-card', name: 'Gift card', urls: [], endSeq: 3 },
    ]);
  });

  it('counts its rows, with and without an image', async () => {
    expect(await checkCsv(inPieces(Buffer.from(shopifyExport(AT))), TABLE_LIMITS)).toMatchObject({
      dialect: 'SHOPIFY',
      rows: 5,
      imageUrls: 3,
      errorCount: 0,
      warningCount: 0,
    });
  });

  it('takes a handle that comes again further down as a product of its own, with a warning', async () => {
    const file = `Handle,Title,Image Src\na,A,${AT}/1\nb,B,${AT}/2\na,,${AT}/3\na,,${AT}/4\n`;
    expect((await readTable(file)).warnings).toMatchObject([{ code: 'HANDLE_REPEATED', row: 3, column: 'Handle' }]);
    expect(await readProducts(file)).toMatchObject([
      { row: 1, name: 'A', urls: [`${AT}/1`] },
      { row: 2, name: 'B', urls: [`${AT}/2`] },
      { row: 3, name: 'a', urls: [`${AT}/3`, `${AT}/4`] },
    ]);
  });

  it('goes on with the other rows of a product where one is bad, and keeps the name that a bad one gave', async () => {
    const file = `Handle,Title,Image Src\na,A,ftp://x\na,,${AT}/2\n,,${AT}/3\na,,${AT}/4\n`;
    expect((await readTable(file)).rows.map(({ errors }) => errors.map(({ code }) => code))).toEqual([
      ['INVALID_URL'],
      [],
      ['MISSING_VALUE'],
      [],
    ]);
    expect(await readProducts(file)).toMatchObject([{ row: 2, name: 'A', urls: [`${AT}/2`, `${AT}/4`], endSeq: 2 }]);
  });

  it('has no more images for a product than Shopify itself takes', async () => {
    const rows = Array.from({ length: 252 }, (_, row) => `a,${row === 0 ? 'A' : ''},${AT}/${row}`);
    const { rows: read } = await readTable(['Handle,Title,Image Src', ...rows].join('\n'));
    expect(read.filter(({ errors }) => errors[0]?.code === 'TOO_MANY_IMAGES').map(({ row }) => row)).toEqual([
      251, 252,
    ]);
  });

  it('without an image in any row is refused', async () => {
    const file = Buffer.from('Handle,Title,Image Src\na,A,\n');
    await expect(checkCsv(inPieces(file), TABLE_LIMITS)).rejects.toMatchObject({ error: { code: 'EMPTY_FILE' } });
  });
});

describe('a WooCommerce export', () => {
  it('is a product for each row; a variation without an SKU is known by its ID', async () => {
    expect(await readProducts(wooCommerceExport(AT))).toEqual([
      { row: 1, serialNumber: 'TEE', name: 'T-shirt', urls: [`${AT}/tee.jpg`, `${AT}/tee-back.jpg`], endSeq: 2 },
      { row: 2, serialNumber: '12', name: 'T-shirt - red', urls: [`${AT}/tee-red.jpg`], endSeq: 3 },
      { row: 3, serialNumber: '13', name: 'T-shirt - blue', urls: [], endSeq: 3 },
      { row: 4, serialNumber: 'MUG', name: 'Mug', urls: [`${AT}/tee.jpg`], endSeq: 4 },
    ]);
  });

  it('may have an SKU twice, and none at all', async () => {
    const { rows } = await readTable(`SKU,Name,Images\nA,One,${AT}/1\nA,Two,${AT}/2\n,Three,${AT}/3\n`);
    expect(rows.map(({ serialNumber, errors }) => [serialNumber, errors])).toEqual([
      ['A', []],
      ['A', []],
      ['3', []],
    ]);
  });
});

describe('what was repaired on reading is told', () => {
  it.each([
    ['URL_SPILLED', `No,Name,Images\n1,A,${AT}/1,${AT}/2\n`],
    ['COMMA_IN_URL', `No,Name,Images\n1,A,"${AT}/w_1,h_2/x.jpg"\n`],
  ])('%s, with its row and column', async (code, file) => {
    expect((await readTable(file)).warnings).toEqual([
      { code, row: 1, column: 'Images', message: expect.stringMatching(/^Row 1: .*\.$/) },
    ]);
  });

  it('up to a hundred times, and counted beyond', async () => {
    const rows = Array.from({ length: 150 }, (_, row) => `${row},A,"${AT}/a,b"`);
    const check = await checkCsv(inPieces(Buffer.from(['No,Name,Images', ...rows].join('\n')), 50), TABLE_LIMITS);
    expect(check).toMatchObject({ rows: 150, errorCount: 0, warningCount: 150 });
    expect(check.warnings).toHaveLength(100);
  });

  it('and a file in order has nothing to tell', async () => {
    expect((await readTable(`No,Name,Images\n1,A,"${AT}/1, ${AT}/2"\n`)).warnings).toEqual([]);
  });
});
