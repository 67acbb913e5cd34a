import { crc32 } from 'node:zlib';
import { areOfSrgb } from './colour-codes.js';
import { damaged } from './damaged.js';
import { orientationExif } from './orientation-exif.js';

const HEAD_BYTES = 8;
const CICP_BYTES = 4;
/** In hundred thousandths: the exponent 1/2.2, and x and y of white, red, green and blue. */
const SRGB_GAMMA = [45_455];
const SRGB_CHROMATICITIES = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
/** What is rounded otherwise shows in no pixel. */
const NEAR = 1_000;
/** Chunks that are not needed to decode (they begin with a small letter) but change how it looks or moves. */
const LOOK = new Set([
  ...['tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'mDCV', 'cLLI', 'sBIT', 'bKGD', 'pHYs'],
  ...['acTL', 'fcTL', 'fdAT'],
]);

/**
 * A PNG or APNG without texts, EXIF, dates and whatever stands behind its end; with its colour profile, its frames and
 * its orientation. The pixels stay as they are.
 * @throws ProcessingError where it ends too soon, or a frame is damaged
 */
export function stripPng(bytes: Buffer, orientation: number): Buffer {
  const parts = [bytes.subarray(0, HEAD_BYTES)];
  let turned = orientation === 1;
  for (const { type, chunk } of chunks(bytes)) {
    if (type === 'IDAT' && !turned) {
      parts.push(chunkOf('eXIf', orientationExif(orientation)));
      turned = true;
    }
    // The decoder looks at the first picture only.
    if (type === 'fdAT' && crc32(chunk.subarray(4, -4)) !== chunk.readUInt32BE(chunk.length - 4)) throw damaged();
    if (/^[A-Z]/.test(type) || LOOK.has(type)) parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** Whether its colours are told otherwise than by a profile, and are not those of sRGB. */
export function hasForeignPngColours(bytes: Buffer): boolean {
  const told = new Map<string, Buffer>();
  for (const { type, chunk } of chunks(bytes)) {
    if (type === 'IDAT') break;
    told.set(type, chunk.subarray(8, -4));
  }
  // In the order of precedence.
  const codes = told.get('cICP');
  if (codes?.length === CICP_BYTES) return !areOfSrgb({ primaries: codes.readUInt8(0), transfer: codes.readUInt8(1) });
  if (told.has('iCCP') || told.has('sRGB')) return false;
  const differs = (type: string, srgb: readonly number[]) => {
    const values = told.get(type);
    return (
      values?.length === 4 * srgb.length &&
      srgb.some((value, index) => Math.abs(values.readUInt32BE(4 * index) - value) > NEAR)
    );
  };
  return differs('gAMA', SRGB_GAMMA) || differs('cHRM', SRGB_CHROMATICITIES);
}

export function isAnimatedPng(bytes: Buffer): boolean {
  for (const { type } of chunks(bytes)) {
    if (type === 'acTL') return true;
    if (type === 'IDAT') return false;
  }
  return false;
}

function* chunks(bytes: Buffer): Generator<{ type: string; chunk: Buffer }> {
  for (let at = HEAD_BYTES; ; ) {
    if (at + 12 > bytes.length) throw damaged();
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw damaged();
    const type = bytes.toString('latin1', at + 4, at + 8);
    yield { type, chunk: bytes.subarray(at, end) };
    if (type === 'IEND') return;
    at = end;
  }
}

function chunkOf(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length);
  chunk.write(type, 4, 'latin1');
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4);
  return chunk;
}
