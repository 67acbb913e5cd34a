import { checkCsv } from '../../src/csv/check-csv.js';
import { groupProducts } from '../../src/csv/group-products.js';
import { readRows } from '../../src/csv/read-rows.js';
import { createRowImageId } from '../../src/csv/row-image-id.js';
import { newRequestId } from '../../src/domain/ids.js';
import { parseOptions } from '../../src/domain/parse-options.js';
import { inPieces, readTable, TABLE_LIMITS } from '../support/read-table.js';

const URL_A = 'http://x.example/a.jpg';

describe('columns of options', () => {
  it('are known by their letters, and are the options of their row; an empty cell is the request’s', async () => {
    const file = [
      'No;Name;Images;Format;QUALITY;max dimension;keep_metadata;Min. similarity',
      `1;A;${URL_A};webp;80;1200;TRUE;0,95`,
      `2;B;${URL_A};;;800;;`,
      `3;C;${URL_A};;;;;`,
      `4;D;${URL_A}`,
    ].join('\n');
    const { rows } = await readTable(file);
    expect(rows.map(({ options }) => options)).toEqual([
      { format: 'WEBP', quality: 80, maxDimension: 1200, keepMetadata: true, minSimilarity: 0.95 },
      { maxDimension: 800 },
      null,
      null,
    ]);
    expect(rows.flatMap(({ errors }) => errors)).toEqual([]);
    const check = await checkCsv(inPieces(Buffer.from(file)), TABLE_LIMITS);
    expect(check.optionColumns).toEqual(['Format', 'QUALITY', 'max dimension', 'keep_metadata', 'Min. similarity']);
  });

  it.each([
    ['Format', 'BMP', 'Row 1: “BMP” cannot be: format is one of KEEP, JPEG, PNG, WEBP, AVIF.'],
    ['Quality', '0', 'Row 1: “0” cannot be: quality is a whole number from 1 to 100.'],
    ['Quality', '80%', 'Row 1: “80%” cannot be: quality is a whole number from 1 to 100.'],
    ['maxDimension', '1.5', 'Row 1: “1.5” cannot be: maxDimension is a whole number from 1 to 65535.'],
    ['minSimilarity', '90', 'Row 1: “90” cannot be: minSimilarity is a number from 0 to 1.'],
    ['Keep Metadata', 'maybe', 'Row 1: “maybe” cannot be: keepMetadata is true or false.'],
  ])('“%s” of “%s” is an error of the row that names the column', async (column, cell, message) => {
    const { rows } = await readTable(`No,Name,Images,${column}\n1,A,${URL_A},${cell}\n`);
    expect(rows[0]?.errors).toEqual([{ code: 'INVALID_OPTION', message, row: 1, column }]);
  });

  it('two that are the same option are refused', async () => {
    await expect(readTable(`No,Name,Images,maxDimension,Max Dimension\n1,A,${URL_A},1,2\n`)).rejects.toMatchObject({
      error: { code: 'DUPLICATE_COLUMN', column: 'Max Dimension' },
    });
  });

  it('go with their own image where a Shopify product has several rows', async () => {
    const file = `Handle,Title,Image Src,Quality\nlamp,Lamp,${URL_A},50\nlamp,,${URL_A},\n`;
    const { batches } = await readRows(inPieces(Buffer.from(file)), TABLE_LIMITS);
    const products = [];
    for await (const found of groupProducts(batches)) products.push(...found);
    expect(products).toMatchObject([{ images: [{ options: { quality: 50 } }, { options: null }] }]);
  });

  it('are columns like others in a request of a version that did not know them', async () => {
    const file = `No,Name,Images,Format\n1,A,${URL_A},Hardcover\n`;
    const { header, batches } = await readRows(inPieces(Buffer.from(file)), TABLE_LIMITS, { optionColumns: false });
    const rows = [];
    for await (const batch of batches) rows.push(...batch);
    expect(rows).toMatchObject([{ options: null, errors: [], cells: ['1', 'A', URL_A, 'Hardcover'] }]);
    expect(header.options).toEqual([]);
  });
});

describe('the image that a row asks for', () => {
  const request = { _id: newRequestId(), options: parseOptions({ quality: 70 }) };
  const idOf = createRowImageId(request);

  it('is another one under other options, and the same one where they come to the same', () => {
    const plain = idOf(URL_A, { options: null });
    expect(idOf(`${URL_A}#part`, { options: null })).toBe(plain);
    expect(idOf(URL_A, { options: { quality: 70 } })).toBe(plain);
    expect(idOf(URL_A, { options: { quality: 71 } })).not.toBe(plain);
    expect(idOf(URL_A, { options: { maxDimension: 71 } })).not.toBe(plain);
  });
});
