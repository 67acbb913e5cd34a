import { damaged } from './damaged.js';

/** Numbers that are read of one file: directories that overlap or go in a circle have no end. */
const MAX_NUMBERS = 10_000_000;
/** Bytes of one value, by the number of its type; 129 is text since EXIF 3.0. */
const TYPE_BYTES: Record<number, number> = { ...[0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8], 129: 1 };
const STRIPS = { offsets: 273, bytes: 279 };
const TILES = { offsets: 324, bytes: 325 };
const WIDTH = 256;
const HEIGHT = 257;
const IFD_POINTERS = new Set([34665, 34853, 40965]);
/** XMP, IPTC, Photoshop's resources, EXIF, GPS; descriptions, names, dates, makers; Photoshop's layers. */
const METADATA = new Set([269, 270, 271, 272, 285, 305, 306, 315, 316, 700, 33432, 33723, 34377, 34665, 34853, 37724]);

interface Entry {
  tag: number;
  /** Where the entry stands. */
  at: number;
  type: number;
  count: number;
  /** Where its values stand: in the entry itself if they are short enough. */
  valuesAt: number;
  valueBytes: number;
}

/** The parts of a TIFF, read in its own byte order; classic, or BigTIFF with its wider numbers. */
class TiffFile {
  readonly bytes: Buffer;
  readonly #little: boolean;
  readonly big: boolean;
  #left = MAX_NUMBERS;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#little = bytes[0] === 0x49;
    this.big = this.number(2, 2) === 43;
  }

  number(at: number, width: number): number {
    this.#spend(1);
    if (at + width > this.bytes.length) throw damaged();
    if (width === 8) return Number(this.#little ? this.bytes.readBigUInt64LE(at) : this.bytes.readBigUInt64BE(at));
    return this.#little ? this.bytes.readUIntLE(at, width) : this.bytes.readUIntBE(at, width);
  }

  setNumber(at: number, width: number, value: number): void {
    if (width === 8) {
      if (this.#little) this.bytes.writeBigUInt64LE(BigInt(value), at);
      else this.bytes.writeBigUInt64BE(BigInt(value), at);
    } else if (this.#little) this.bytes.writeUIntLE(value, at, width);
    else this.bytes.writeUIntBE(value, at, width);
  }

  blank(from: number, to: number): void {
    this.#spend(to - from);
    this.bytes.fill(0, from, to);
  }

  #spend(numbers: number): void {
    this.#left -= numbers;
    if (this.#left < 0) throw damaged();
  }
}

interface Directory {
  at: number;
  entries: Entry[];
  /** Where the address of the next directory stands. */
  nextAt: number;
}

/**
 * A TIFF without EXIF, GPS, XMP and descriptions: they are overwritten where they stand, since all of a TIFF is
 * addressed by its place. The same bytes where there is nothing of that kind.
 * @throws ProcessingError where pixels lie behind its end
 */
export function stripTiff(bytes: Buffer): Buffer {
  const file = new TiffFile(Buffer.from(bytes));
  for (const directory of directories(file)) {
    refuseCut(file, directory.entries);
    removeMetadata(file, directory);
  }
  return file.bytes;
}

/**
 * The pixels of all of its first `pages` pages: each has a size of its own, and the decoder tells that of one alone.
 * @throws ProcessingError where a page is not there
 */
export function tiffPixels(bytes: Buffer, pages: number): number {
  const file = new TiffFile(bytes);
  let pixels = 0;
  let left = pages;
  for (const { entries } of directories(file)) {
    pixels += numberOf(file, entries, WIDTH) * numberOf(file, entries, HEIGHT);
    if (--left <= 0) break;
  }
  return pixels;
}

function* directories(file: TiffFile): Generator<Directory> {
  let at = file.big ? file.number(8, 8) : file.number(4, 4);
  while (at !== 0) {
    const directory = readDirectory(file, at);
    at = file.number(directory.nextAt, file.big ? 8 : 4);
    yield directory;
  }
}

function readDirectory(file: TiffFile, at: number): Directory {
  const { count: countBytes, entry: entryBytes, field } = sizes(file);
  const length = file.number(at, countBytes);
  if (at + countBytes + length * entryBytes > file.bytes.length) throw damaged();
  const entries = Array.from({ length }, (_, index) => {
    const entryAt = at + countBytes + index * entryBytes;
    const type = file.number(entryAt + 2, 2);
    const count = file.number(entryAt + 4, field);
    const valueBytes = (TYPE_BYTES[type] ?? 0) * count;
    const inside = entryAt + 4 + field;
    const valuesAt = valueBytes <= field ? inside : file.number(inside, field);
    return { tag: file.number(entryAt, 2), at: entryAt, type, count, valuesAt, valueBytes };
  });
  return { at, entries, nextAt: at + countBytes + entries.length * entryBytes };
}

function sizes({ big }: TiffFile) {
  return big ? { count: 8, entry: 20, field: 8 } : { count: 2, entry: 12, field: 4 };
}

/** libtiff gives grey for strips that are not there. */
function refuseCut(file: TiffFile, entries: Entry[]): void {
  for (const { offsets, bytes } of [STRIPS, TILES]) {
    const starts = valuesOf(file, entries, offsets);
    const lengths = valuesOf(file, entries, bytes);
    if (starts.some((start, index) => start + (lengths[index] ?? 0) > file.bytes.length)) throw damaged();
  }
}

function valuesOf(file: TiffFile, entries: Entry[], tag: number): number[] {
  const entry = entries.find((each) => each.tag === tag);
  const width = TYPE_BYTES[entry?.type ?? 0] ?? 0;
  if (!entry || width === 0) return [];
  if (entry.valuesAt + entry.valueBytes > file.bytes.length) throw damaged();
  return Array.from({ length: entry.count }, (_, index) => file.number(entry.valuesAt + index * width, width));
}

/** 0 where there is none: then libtiff reads nothing of the page. */
function numberOf(file: TiffFile, entries: Entry[], tag: number): number {
  return valuesOf(file, entries, tag)[0] ?? 0;
}

/** The entries that stay move up, and what the others named becomes zeros. */
function removeMetadata(file: TiffFile, { at, entries, nextAt }: Directory): void {
  const { count: countBytes, entry: entryBytes, field } = sizes(file);
  const kept = entries.filter(({ tag }) => !METADATA.has(tag));
  if (kept.length === entries.length) return;
  for (const entry of entries) if (METADATA.has(entry.tag)) blank(file, entry);
  const next = file.number(nextAt, field);
  const rows = kept.map((entry) => Buffer.from(file.bytes.subarray(entry.at, entry.at + entryBytes)));
  file.setNumber(at, countBytes, kept.length);
  file.blank(at + countBytes, nextAt + field);
  Buffer.concat(rows).copy(file.bytes, at + countBytes);
  file.setNumber(at + countBytes + rows.length * entryBytes, field, next);
}

/**
 * Overwrites the values of an entry; where it names a directory, that and all that it names. An address that a program
 * left behind leads out of the file, or into something else, of which nothing is overwritten.
 */
function blank(file: TiffFile, entry: Entry, depth = 0): void {
  if (IFD_POINTERS.has(entry.tag) && entry.valueBytes > 0 && depth < 3) {
    const { field } = sizes(file);
    const directory = readNamed(file, file.number(entry.valuesAt, Math.min(entry.valueBytes, field)));
    for (const inner of directory?.entries ?? []) blank(file, inner, depth + 1);
    if (directory) file.blank(directory.at, directory.nextAt + field);
  }
  if (entry.valuesAt + entry.valueBytes <= file.bytes.length)
    file.blank(entry.valuesAt, entry.valuesAt + entry.valueBytes);
}

/**
 * Null where no directory stands at an address: one has entries, most of them of a type that is known. Not all, since
 * a later EXIF may have types of its own; and two zeros, as in black pixels, are no directory.
 */
function readNamed(file: TiffFile, at: number): Directory | null {
  const { count, entry, field } = sizes(file);
  if (at + count > file.bytes.length) return null;
  if (at + count + file.number(at, count) * entry + field > file.bytes.length) return null;
  const directory = readDirectory(file, at);
  const known = directory.entries.filter(({ type }) => TYPE_BYTES[type]);
  return known.length > directory.entries.length / 2 ? directory : null;
}
