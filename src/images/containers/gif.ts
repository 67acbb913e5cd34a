import { damaged } from './damaged.js';

const HEAD_BYTES = 13;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const COMMENT = 0xfe;
const APPLICATION = 0xff;
/** Applications' parts that change how it looks or moves: how often it is repeated, and its colour profile. */
const LOOK = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0', 'ICCRGBG1012']);

/**
 * A GIF without comments, XMP and whatever stands behind its end. Its frames stay as they are.
 * @throws ProcessingError where it ends within a frame
 */
export function stripGif(bytes: Buffer): Buffer {
  const start = HEAD_BYTES + coloursOf(bytes, 10);
  const parts = [bytes.subarray(0, start)];
  for (let at = start; ; ) {
    const introducer = bytes[at];
    // Some encoders leave the trailer out, some fill up with zeros or more: every frame before it is whole.
    if (introducer !== EXTENSION && introducer !== IMAGE) break;
    const end = introducer === IMAGE ? endOfFrame(bytes, at) : endOfBlocks(bytes, at + 2);
    if (introducer === IMAGE || changesLook(bytes, at)) parts.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat([...parts, Buffer.from([TRAILER])]);
}

function changesLook(bytes: Buffer, at: number): boolean {
  const label = bytes[at + 1];
  if (label === APPLICATION) return LOOK.has(bytes.toString('latin1', at + 3, at + 14));
  return label !== COMMENT;
}

/** A frame: its head, its own colours, a byte for the size of codes, its blocks. */
function endOfFrame(bytes: Buffer, at: number): number {
  return endOfBlocks(bytes, at + 10 + coloursOf(bytes, at + 9) + 1);
}

/** Bytes of a table of colours, by the flags before it. */
function coloursOf(bytes: Buffer, flagsAt: number): number {
  const flags = bytes[flagsAt];
  if (flags === undefined) throw damaged();
  return flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0;
}

/** Blocks of up to 255 bytes, each after its length; one of none ends them. */
function endOfBlocks(bytes: Buffer, from: number): number {
  for (let at = from; ; ) {
    const length = bytes[at];
    if (length === undefined) throw damaged();
    at += 1 + length;
    if (length === 0) return at;
  }
}
