import { areOfHdr, areOfSrgb, type ColourCodes } from './colour-codes.js';
import { damaged } from './damaged.js';
import { orientationExif } from './orientation-exif.js';

/** Of a box that tells colours by code points: its type, three of them, and whether the range is full. */
const NCLX_BYTES = 11;

interface Box {
  type: string;
  at: number;
  /** Where its content begins. */
  from: number;
  to: number;
}

/**
 * An AVIF without EXIF and XMP: they are overwritten where they stand, since all of it is addressed by its place. The
 * same bytes where there is nothing of that kind.
 */
export function stripAvif(bytes: Buffer): Buffer {
  const result = Buffer.from(bytes);
  for (const box of boxes(result, 0, result.length)) {
    if (box.type === 'meta') blankItems(result, box);
    // XMP of older programs, and the manifests of content credentials.
    if (box.type === 'uuid') {
      result.write('free', box.at + 4, 'latin1');
      result.fill(0, box.from, box.to);
    }
  }
  return result;
}

/** Whether it moves: a brand of its own says so. */
export function isAnimatedAvif(bytes: Buffer): boolean {
  const [head] = boxes(bytes, 0, bytes.length);
  if (head?.type !== 'ftyp') return false;
  const brands = bytes.toString('latin1', head.from, head.to);
  return brands.match(/.{4}/gs)?.includes('avis') ?? false;
}

/** Whether its colours are told by code points that are not those of sRGB; a profile beside them counts more, but for HDR. */
export function hasForeignAvifColours(bytes: Buffer, hasProfile: boolean): boolean {
  const codes = [...coloursOf(bytes)];
  return codes.some((each) => areOfHdr(each) || !(hasProfile || areOfSrgb(each)));
}

/** Of the picture and of all that it is put together from. */
function* coloursOf(bytes: Buffer): Generator<ColourCodes> {
  const within = (box: Box | undefined, type: string, skip: number) =>
    box && [...boxes(bytes, box.from + skip, box.to)].find((part) => part.type === type);
  const meta = [...boxes(bytes, 0, bytes.length)].find(({ type }) => type === 'meta');
  const properties = within(within(meta, 'iprp', 4), 'ipco', 0);
  if (!properties) return;
  for (const { type, from, to } of boxes(bytes, properties.from, properties.to)) {
    if (type !== 'colr' || to < from + NCLX_BYTES || bytes.toString('latin1', from, from + 4) !== 'nclx') continue;
    yield { primaries: bytes.readUInt16BE(from + 4), transfer: bytes.readUInt16BE(from + 6) };
  }
}

function* boxes(bytes: Buffer, from: number, to: number): Generator<Box> {
  for (let at = from; at + 8 <= to; ) {
    const short = bytes.readUInt32BE(at);
    const size = short === 1 && at + 16 <= to ? Number(bytes.readBigUInt64BE(at + 8)) : short;
    const end = size === 0 ? to : at + size;
    if (end > to || end < at + 8) throw damaged();
    yield { type: bytes.toString('latin1', at + 4, at + 8), at, from: at + (short === 1 ? 16 : 8), to: end };
    at = end;
  }
}

function blankItems(bytes: Buffer, meta: Box): void {
  // Behind a version and flags, as in all that have them.
  const parts = [...boxes(bytes, meta.from + 4, meta.to)];
  const find = (type: string) => parts.find((part) => part.type === type);
  const [names, places] = [find('iinf'), find('iloc')];
  if (!names || !places) return;
  const types = readTypes(bytes, names);
  for (const { id, inside, extents } of readPlaces(bytes, places)) {
    const type = types.get(id);
    if (type !== 'Exif' && type !== 'mime') continue;
    const base = inside ? (find('idat')?.from ?? bytes.length) : 0;
    for (const { offset, length } of extents)
      bytes.fill(type === 'mime' ? ' ' : 0, base + offset, base + offset + length);
    const [first] = extents;
    const empty = orientationExif(1);
    // After the number of bytes before it.
    if (type === 'Exif' && first && first.length >= 4 + empty.length) empty.copy(bytes, base + first.offset + 4);
  }
}

function readTypes(bytes: Buffer, iinf: Box): Map<number, string> {
  const entries = boxes(bytes, iinf.from + (bytes[iinf.from] === 0 ? 6 : 8), iinf.to);
  const types = new Map<number, string>();
  for (const { from } of entries) {
    const wide = bytes[from] === 3 ? 4 : 2;
    types.set(bytes.readUIntBE(from + 4, wide), bytes.toString('latin1', from + 6 + wide, from + 10 + wide));
  }
  return types;
}

interface Place {
  id: number;
  /** Within the box `idat`, and not counted from the start of the file. */
  inside: boolean;
  extents: { offset: number; length: number }[];
}

function* readPlaces(bytes: Buffer, iloc: Box): Generator<Place> {
  let at = iloc.from;
  const read = (width: number): number => {
    if (at + width > iloc.to) throw damaged();
    at += width;
    if (width === 0) return 0;
    return width === 8 ? Number(bytes.readBigUInt64BE(at - 8)) : bytes.readUIntBE(at - width, width);
  };
  const version = read(1);
  read(3);
  const widths = read(2);
  const [offsetWidth, lengthWidth, baseWidth] = [widths >> 12, (widths >> 8) & 15, (widths >> 4) & 15];
  const indexWidth = version === 0 ? 0 : widths & 15;
  const wide = version === 2 ? 4 : 2;
  for (let items = read(wide); items > 0; items--) {
    const id = read(wide);
    const inside = version !== 0 && (read(2) & 15) === 1;
    read(2);
    const base = read(baseWidth);
    const extents = Array.from({ length: read(2) }, () => {
      read(indexWidth);
      return { offset: base + read(offsetWidth), length: read(lengthWidth) };
    });
    yield { id, inside, extents };
  }
}
