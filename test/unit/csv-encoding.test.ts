import fc from 'fast-check';
import { readTable } from '../support/read-table.js';

const HEAD = 'No,Name,Images';
/** `Bär – 5 €` as Excel on Windows writes it. */
const NAME = Buffer.from([0x42, 0xe4, 0x72, 0x20, 0x96, 0x20, 0x35, 0x20, 0x80]);
const line = (name: Buffer) => Buffer.concat([Buffer.from('1,'), name, Buffer.from(',http://x.example/a.jpg\n')]);
const file = (...names: Buffer[]) => Buffer.concat([Buffer.from(`${HEAD}\n`), ...names.map(line)]);

describe('a file in Windows-1252', () => {
  it('is read, with a warning that names the line, however it comes', async () => {
    const bytes = file(Buffer.from('Plain'), NAME);
    for (const size of [1, 2, 3, 7, 1_000]) {
      const { rows, warnings } = await readTable(bytes, size);
      expect(rows.map(({ productName }) => productName)).toEqual(['Plain', 'Bär – 5 €']);
      expect(warnings).toEqual([
        { code: 'ENCODING', row: null, column: null, message: expect.stringContaining('Line 3') },
      ]);
    }
  });

  it('may end in the middle of what would have been a character of UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from(`${HEAD}\n1,A,http://x.example/`), Buffer.from([0xe4])]);
    expect((await readTable(bytes, 5)).rows).toMatchObject([{ imageUrls: ['http://x.example/ä'] }]);
  });

  it.each([
    ['a character of UTF-8 before it', file(Buffer.from('Bär'), NAME)],
    ['a byte that stands for nothing', file(NAME, Buffer.from([0x81]))],
  ])('is refused with %s, and the line is named', async (_, bytes) => {
    for (const size of [1, 3, 1_000]) {
      await expect(readTable(bytes, size)).rejects.toMatchObject({
        error: { code: 'NOT_UTF8', message: expect.stringContaining('Line 3') },
      });
    }
  });

  it('is refused with a NUL byte: then it is no text', async () => {
    const bytes = file(NAME, Buffer.from('\0'));
    await expect(readTable(bytes)).rejects.toMatchObject({ error: { code: 'NOT_CSV' } });
  });
});

it('a file in UTF-8 is never taken for another, and a mark within it is a character', async () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `n${text.replace(/[\r\n",]/g, '')}\ufeff`);
  await fc.assert(
    fc.asyncProperty(name, fc.integer({ min: 1, max: 9 }), async (text, size) => {
      const { rows, warnings } = await readTable(`${HEAD}\n1,"${text}\ufeffx",http://x.example/a\n`, size);
      expect(rows).toMatchObject([{ productName: `${text}\ufeffx`.trim() }]);
      expect(warnings).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
