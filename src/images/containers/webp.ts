import { damaged } from './damaged.js';
import { orientationExif } from './orientation-exif.js';

const HEAD_BYTES = 12;
const KNOWN = new Set(['VP8X', 'VP8 ', 'VP8L', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
/** Bits of VP8X: what else the file holds. */
const HAS_XMP = 0x04;
const HAS_EXIF = 0x08;

/**
 * A WebP without EXIF, XMP and unknown parts; with its colour profile, its frames and its orientation. The pixels stay
 * as they are.
 * @throws ProcessingError where it ends too soon
 */
export function stripWebp(bytes: Buffer, orientation: number): Buffer {
  const turned = orientation !== 1;
  const parts: Buffer[] = [];
  for (const { type, chunk } of chunks(bytes)) {
    if (type === 'VP8X') parts.push(withFlags(chunk, turned));
    else if (KNOWN.has(type)) parts.push(chunk);
  }
  // Without VP8X there is no EXIF, and so no orientation.
  if (turned) parts.push(chunkOf('EXIF', orientationExif(orientation)));
  return Buffer.concat([chunkOf('RIFF', Buffer.concat([Buffer.from('WEBP'), ...parts]))]);
}

/** Whether it holds its pixels without loss: its first image chunk says so. */
export function isLosslessWebp(bytes: Buffer): boolean {
  for (let at = HEAD_BYTES; at + 8 <= bytes.length; ) {
    const chunk = bytes.toString('latin1', at, at + 4);
    if (chunk === 'VP8L') return true;
    if (chunk === 'VP8 ') return false;
    // A frame of an animation holds its own chunks after a header of 16 bytes.
    const size = bytes.readUInt32LE(at + 4);
    at += chunk === 'ANMF' ? 24 : 8 + size + (size % 2);
  }
  return false;
}

function* chunks(bytes: Buffer): Generator<{ type: string; chunk: Buffer }> {
  const end = 8 + bytes.readUInt32LE(4);
  if (end > bytes.length + 1) throw damaged();
  for (let at = HEAD_BYTES; at + 8 <= Math.min(end, bytes.length); ) {
    const size = bytes.readUInt32LE(at + 4);
    if (at + 8 + size > bytes.length) throw damaged();
    const next = at + 8 + size + (size % 2);
    yield { type: bytes.toString('latin1', at, at + 4), chunk: bytes.subarray(at, next) };
    at = next;
  }
}

function withFlags(vp8x: Buffer, turned: boolean): Buffer {
  const chunk = Buffer.from(vp8x);
  const flags = chunk.readUInt8(8) & ~(HAS_XMP | HAS_EXIF);
  chunk.writeUInt8(turned ? flags | HAS_EXIF : flags, 8);
  return chunk;
}

function chunkOf(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data]);
}
