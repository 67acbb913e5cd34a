import { readRows } from '../../src/csv/read-rows.js';
import { createRowImageId } from '../../src/csv/row-image-id.js';
import { writeOutput } from '../../src/csv/write-output.js';
import { CsvFileError } from '../../src/domain/csv-error.js';
import { type ImageId, newRequestId } from '../../src/domain/ids.js';
import { parseOptions } from '../../src/domain/parse-options.js';
import type { Random } from '../faults/random.js';
import { buildXlsx } from '../support/build-xlsx.js';
import { fuzz } from './fuzz.js';
import { mutate } from './mutate.js';

const LIMITS = { maxFileBytes: 1e9, maxRows: 500, maxImagesPerRow: 20 };
const PARTS = [
  '"',
  '""',
  ',',
  ';',
  '|',
  '\t',
  '\n',
  '\r\n',
  '\r',
  ' ',
  '=',
  '@',
  '\u00a0',
  '\ufeff',
  'x',
  '1.',
  'http://x.example/a.jpg',
  'https://[::1]/b',
  '://',
  'No',
  'Name',
  'Images',
  'Output Image Urls',
  '🪔',
  '\u2028',
];
const SEEDS = [
  'No,Name,Images\n1,Lamp,http://x.example/a.jpg\n2,"Chair, ""red""","http://x.example/b.jpg,http://x.example/c.jpg"\n',
  '\ufeffS. No.;Product Name;Input Image Urls;Note\r\n1;Lamp;http://x.example/a.jpg | http://x.example/b.jpg;=1+1\r\n',
  '#\tname\timage src\r1.\tLamp\thttp://x.example/a b.jpg\r',
  'Handle,Title,Image Src,Image Position\nlamp,Lamp,http://x.example/a.jpg,2\nlamp,,http://x.example/b.jpg,1\nlamp,,,\n',
  'No,Name,Images,Format,Quality,max dimension\n1,Lamp,http://x.example/a.jpg,webp,80,\n2,Chair,http://x.example/a.jpg,,,1.\n',
  'ID,SKU,Name,Images\n7,,Lamp,"http://x.example/a.jpg, http://x.example/b.jpg"\n8,,Lamp red,\n',
];

const XLSX_SEED = buildXlsx({
  rows: [
    ['No', 'Name', 'Images'],
    ['1', 'Lamp', 'http://x.example/a.jpg'],
    ['2', 'Chair', 'http://x.example/b.jpg, http://x.example/c.jpg'],
  ],
});

function fileOf(random: Random): Buffer {
  if (random.chance(0.1)) return random.chance(0.9) ? mutate(XLSX_SEED, random) : XLSX_SEED;
  return csvOf(random);
}

function csvOf(random: Random): Buffer {
  const seed = random.pick(SEEDS);
  const grown = random.chance(0.5)
    ? seed + Array.from({ length: random.whole(0, 60) }, () => random.pick(PARTS)).join('')
    : seed;
  const text = Buffer.from(grown, random.chance(0.15) ? 'utf16le' : 'utf8');
  const bytes = random.chance(0.15) && text.length % 2 === 0 ? Buffer.concat([Buffer.from([0xff, 0xfe]), text]) : text;
  return random.chance(0.7) ? mutate(bytes, random) : bytes;
}

async function* inPieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer, size: number) {
  try {
    const { header, batches } = await readRows(inPieces(bytes, size), LIMITS);
    const rows = [];
    for await (const batch of batches) rows.push(...batch);
    return { header, rows, error: null };
  } catch (error) {
    if (!(error instanceof CsvFileError)) throw error;
    return { header: null, rows: [], error: error.error };
  }
}

fuzz({
  name: 'csv intake',
  async feed(random) {
    const bytes = fileOf(random);
    const whole = await read(bytes, Math.max(1, bytes.length));
    const pieces = await read(bytes, random.whole(1, 9));
    // How a file comes does not matter: the same rows, or an error. Of two errors the first one met is told.
    if (whole.error) expect(pieces.error).not.toBeNull();
    else expect(pieces).toEqual(whole);
    if (whole.error || !whole.header) return whole.error?.code ?? 'no header';
    const taken = {
      header: whole.header,
      batches: (async function* () {
        yield whole.rows;
      })(),
    };
    const chunks: Buffer[] = [];
    const imageIdOf = createRowImageId({ _id: newRequestId(), options: parseOptions({}) });
    const outcomes = async (ids: readonly ImageId[]) =>
      new Map(ids.map((id) => [id, { outputUrl: 'http://o.example/' }]));
    for await (const chunk of writeOutput(taken, {
      hasErrors: true,
      replaceUrls: random.chance(0.5),
      imageIdOf,
      outcomes,
    }))
      chunks.push(chunk);
    expect(Buffer.concat(chunks).length).toBeGreaterThan(0);
    return whole.rows.some(({ errors }) => errors.length > 0) ? 'bad rows' : 'good';
  },
});
