import fc from 'fast-check';
import { checkCsv } from '../../src/csv/check-csv.js';
import { groupProducts } from '../../src/csv/group-products.js';
import { readRows } from '../../src/csv/read-rows.js';
import { writeErrors } from '../../src/csv/write-errors.js';
import { writeOutput } from '../../src/csv/write-output.js';
import { CsvFileError } from '../../src/domain/csv-error.js';
import type { ImageId } from '../../src/domain/ids.js';
import { buildXlsx } from '../support/build-xlsx.js';
import { inPieces, TABLE_LIMITS } from '../support/read-table.js';

const HEADS = {
  PLAIN: ['No', 'Name', 'Images'],
  SHOPIFY: ['Handle', 'Title', 'Image Src', 'Image Position'],
  WOOCOMMERCE: ['ID', 'SKU', 'Name', 'Images'],
};
const cell = fc.oneof(
  fc.constantFrom('', '', 'a', 'b', '1', '2.', 'ftp://x.example/', 'http://x.example/w_1,h_2'),
  fc.integer({ min: 1, max: 5 }).map((number) => `http://x.example/${number}`),
  fc.constant('http://x.example/1, http://x.example/2'),
);
const file = fc.record({
  dialect: fc.constantFrom('PLAIN' as const, 'SHOPIFY' as const, 'WOOCOMMERCE' as const),
  rows: fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 12 }),
  kind: fc.constantFrom('utf8', 'latin1', 'xlsx'),
});
type File = typeof file extends fc.Arbitrary<infer T> ? T : never;

function bytesOf({ dialect, rows, kind }: File): Buffer {
  const all = [HEADS[dialect], ...rows];
  if (kind === 'xlsx') return buildXlsx({ rows: all });
  const text = all.map((cells) => cells.map((each) => (/[,"]/.test(each) ? `"${each}"` : each)).join(',')).join('\n');
  return Buffer.from(`${text}\nä,ä,ä\n`, kind as BufferEncoding);
}

async function open(bytes: Buffer, size: number) {
  return readRows(inPieces(bytes, size), TABLE_LIMITS);
}

/** What expansion makes of it. */
async function productsOf(bytes: Buffer, size: number) {
  const products = [];
  for await (const found of groupProducts((await open(bytes, size)).batches)) products.push(...found);
  return products;
}

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

it('each pass over a file takes the same rows, with the same numbers, whatever it is and however it comes', async () => {
  await fc.assert(
    fc.asyncProperty(file, fc.integer({ min: 1, max: 400 }), async (given, size) => {
      const bytes = bytesOf(given);
      const check = await checkCsv(inPieces(bytes, size), TABLE_LIMITS).catch((error) => {
        expect(error).toBeInstanceOf(CsvFileError);
        return null;
      });
      if (!check) return;
      const products = await productsOf(bytes, bytes.length);
      expect(await productsOf(bytes, size)).toEqual(products);
      const images = products.flatMap((product) => product.images);
      expect(images.map(({ seq }) => seq)).toEqual(images.map((_, index) => index));
      expect(images).toHaveLength(check.imageUrls);
      expect(products.at(-1)?.endSeq ?? 0).toBe(check.imageUrls);
      if (check.dialect !== 'SHOPIFY') expect(products).toHaveLength(check.rows);
      expect(new Set(products.map(({ row }) => row)).size).toBe(products.length);

      const asked: string[] = [];
      const outcomes = async (urls: readonly string[]) => {
        asked.push(...urls);
        return new Map();
      };
      const imageIdOf = (url: string) => url as ImageId;
      const options = { hasErrors: true, replaceUrls: false, imageIdOf, outcomes };
      const output = await textOf(writeOutput(await open(bytes, size), options));
      expect(asked).toEqual(images.map(({ url }) => url));
      expect(await textOf(writeOutput(await open(bytes, bytes.length), options))).toBe(output);
      const errors = await textOf(writeErrors(await open(bytes, size), imageIdOf, async () => new Map()));
      const skipped = (await open(bytes, size)).batches;
      let bad = 0;
      for await (const rows of skipped) bad += rows.filter((row) => row.errors.length > 0).length;
      expect(bad).toBe(check.skippedRows);
      expect(errors.trimEnd().split(/\r?\n/)).toHaveLength(check.skippedRows + 1);
    }),
    { numRuns: 100 },
  );
});
