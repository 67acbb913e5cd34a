import { damaged } from './damaged.js';
import { orientationExif } from './orientation-exif.js';

const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;

/**
 * A JPEG without EXIF, XMP, comments, thumbnails, and whatever stands behind its end (the other pictures of an MPO, a
 * video); with its colour profile and its orientation. The pixels stay as they are.
 * @throws ProcessingError where it ends too soon
 */
export function stripJpeg(bytes: Buffer, orientation: number): Buffer {
  const parts = [bytes.subarray(0, 2)];
  let turned = orientation === 1;
  for (let at = 2; ; ) {
    at = bytes.indexOf(0xff, at);
    const marker = bytes[at + 1];
    if (at === -1 || marker === undefined) throw damaged();
    if (marker === EOI) {
      parts.push(bytes.subarray(at, at + 2));
      return Buffer.concat(parts);
    }
    if (standsAlone(marker)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (at + 4 > bytes.length) throw damaged();
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    // Behind JFIF's own segment, which must be the first.
    if (!turned && marker !== APP0) {
      parts.push(exifSegment(orientation));
      turned = true;
    }
    const next = marker === SOS ? endOfScan(bytes, end) : end;
    if (marker === SOS) parts.push(bytes.subarray(at, next));
    else parts.push(keptSegment(bytes.subarray(at, end), marker));
    at = next;
  }
}

/** Fill bytes, and markers without a length. */
function standsAlone(marker: number): boolean {
  return marker === 0xff || marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8);
}

/** Where the next marker begins that is no part of the coded data. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next !== undefined && next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  throw damaged();
}

function keptSegment(segment: Buffer, marker: number): Buffer {
  const name = segment.toString('latin1', 4, 16);
  // Tables, frame and scan headers.
  if (marker < APP0) return segment;
  if (marker === APP2 && name === 'ICC_PROFILE\0') return segment;
  // Says how the channels of CMYK and RGB are coded.
  if (marker === APP14 && name.startsWith('Adobe')) return segment;
  if (marker === APP0 && name.startsWith('JFIF\0')) return withoutThumbnail(segment);
  return Buffer.alloc(0);
}

function withoutThumbnail(jfif: Buffer): Buffer {
  if (jfif.length <= 18) return jfif;
  const head = Buffer.from(jfif.subarray(0, 18));
  head.writeUInt16BE(16, 2);
  head.writeUInt16BE(0, 16);
  return head;
}

function exifSegment(orientation: number): Buffer {
  const exif = orientationExif(orientation);
  const head = Buffer.from([0xff, APP1, 0, 8 + exif.length, ...Buffer.from('Exif\0\0')]);
  return Buffer.concat([head, exif]);
}
