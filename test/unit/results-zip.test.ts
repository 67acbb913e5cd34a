import { Readable } from 'node:stream';
import type { Product } from '../../src/models/product.js';
import { createResultNames } from '../../src/requests/result-names.js';
import { createResultsZip } from '../../src/requests/results-zip.js';
import { unzip } from '../support/unzip.js';

const PRODUCTS = 120;
const OBJECT_BYTES = 300_000;
const ENDED = new Date('2026-11-24T09:30:00Z');

/** A request of products with two images each, of which the second was not made; every object is of one letter. */
function endedRequest() {
  const opened: Readable[] = [];
  const products = Array.from({ length: PRODUCTS }, (_, index) => {
    const row = index + 1;
    return { row, serialNumber: `S/${row}`, name: 'Lamp', imageIds: [`i${row}`, 'lost'] } as unknown as Product;
  });
  const deps = {
    findRequest: async () => ({ _id: 'r', status: 'COMPLETED', fileName: 'spring.csv', finishedAt: ENDED }),
    database: {
      products: {
        page: async (_: string, after: number, limit: number) =>
          products.filter(({ row }) => row > after).slice(0, limit),
      },
      images: {
        findImages: async (ids: string[]) =>
          ids.map((_id) => ({ _id, compressed: _id === 'lost' ? null : { key: `${_id}.webp` } })),
      },
    },
    storage: {
      async get(key: string) {
        const letter = String.fromCharCode(97 + (Number(key.slice(1, -5)) % 26));
        const body = Readable.from(
          (function* () {
            for (let piece = 0; piece < 10; piece++) yield Buffer.alloc(OBJECT_BYTES / 10, letter);
          })(),
          { objectMode: false },
        );
        opened.push(body);
        return { body };
      },
    },
    // Of each port only what is called.
  } as unknown as Parameters<typeof createResultsZip>[0];
  return { resultsZip: createResultsZip(deps), opened };
}

describe('the ZIP of results', () => {
  it('holds every image that was made, stored as it is, named by product and position', async () => {
    const { resultsZip } = endedRequest();
    const { fileName, body } = await resultsZip('owner', 'r');
    expect(fileName).toBe('spring-results.zip');
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    const files = await unzip(Buffer.concat(chunks));
    expect(files.map(({ name }) => name)).toEqual(
      Array.from({ length: PRODUCTS }, (_, index) => `S-${index + 1}-Lamp-1.webp`),
    );
    for (const [index, { bytes, isStored }] of files.entries()) {
      expect(isStored).toBe(true);
      expect(bytes.equals(Buffer.alloc(OBJECT_BYTES, String.fromCharCode(97 + ((index + 1) % 26))))).toBe(true);
    }
  });

  it('opens one object after another, no faster than they are taken', async () => {
    const { resultsZip, opened } = endedRequest();
    const { body } = await resultsZip('owner', 'r');
    let taken = 0;
    for await (const chunk of body) {
      taken += chunk.length;
      expect(opened.length).toBeLessThanOrEqual(Math.floor(taken / OBJECT_BYTES) + 2);
      expect(opened.filter(({ readableEnded, destroyed }) => !readableEnded && !destroyed).length).toBeLessThan(2);
    }
    expect(opened).toHaveLength(PRODUCTS);
  });

  it('closes the object that it was reading when nobody takes any more', async () => {
    const { resultsZip, opened } = endedRequest();
    const { body } = await resultsZip('owner', 'r');
    let taken = 0;
    for await (const chunk of body) {
      taken += chunk.length;
      if (taken > 2.5 * OBJECT_BYTES) break;
    }
    expect(opened.length).toBe(3);
    expect(opened.every(({ destroyed }) => destroyed)).toBe(true);
  });
});

describe('a name of a result', () => {
  const nameOf = (serialNumber: string, name: string) => createResultNames().of({ row: 7, serialNumber, name });

  it.each([
    ['12', 'Lamp, "red" / blue', '12-Lamp-red-blue'],
    ['../../etc', 'passwd', 'etc-passwd'],
    ['C:\\x', '..', 'C-x'],
    ['CON.txt', 'a\0b\nc', 'CON-txt-a-b-c'],
    ['／etc／', 'ﬁle', 'etc-file'],
    ['lämp', 'Lampe für Zuhause 🪔', 'lämp-Lampe-für-Zuhause'],
    ['...', '🪔', 'product'],
  ])('%j and %j is %j', (serialNumber, name, expected) => {
    expect(nameOf(serialNumber, name)).toBe(expected);
  });

  it('is short enough for every file system, in characters of any length', () => {
    for (const letter of ['x', 'ä', '灯', '𠀀']) {
      const name = nameOf(letter.repeat(500), letter.repeat(500));
      expect(Buffer.byteLength(name)).toBeLessThan(200);
      expect(name).not.toContain('\ufffd');
    }
  });

  it('is given once only, whatever the case of its letters', () => {
    const names = createResultNames();
    const products = [
      { row: 1, serialNumber: 'a', name: 'Lamp' },
      { row: 2, serialNumber: 'A', name: 'lamp' },
      { row: 3, serialNumber: 'a', name: 'Lamp r2' },
      { row: 4, serialNumber: 'a/', name: 'LAMP-r2' },
      { row: 5, serialNumber: 'a', name: 'Lamp-r2-r4' },
    ];
    const given = products.map(names.of);
    expect(new Set(given.map((name) => name.toLowerCase())).size).toBe(products.length);
    expect(given.slice(0, 2)).toEqual(['a-Lamp', 'A-lamp-r2']);
  });
});
