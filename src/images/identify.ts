import { ProcessingError } from '../domain/processing-error.js';

/** Formats that are known by their first bytes and not read here. */
const OTHERS: readonly (readonly [string, (start: string) => boolean])[] = [
  ['BMP', (start) => start.startsWith('BM')],
  ['ICO', (start) => start.startsWith('\0\0\x01\0')],
  ['PSD', (start) => start.startsWith('8BPS')],
  ['HEIC', (start) => /^....ftyp(?:hei|hev|mif|msf)/s.test(start)],
  ['JPEG XL', (start) => start.startsWith('\xff\x0a') || start.startsWith('\0\0\0\x0cJXL ')],
  ['JPEG 2000', (start) => start.startsWith('\0\0\0\x0cjP')],
  ['PDF', (start) => start.startsWith('%PDF')],
  ['AVIF that move', (start) => /^....ftypavis/s.test(start)],
  ['MP4', (start) => /^....ftyp(?!avi)/s.test(start)],
  ['GZIP (SVGZ)', (start) => start.startsWith('\x1f\x8b')],
];

/** Why bytes that no decoder took are no image of ours: by what they look like. */
export function unreadable(bytes: Buffer): ProcessingError {
  const start = bytes.subarray(0, 64).toString('latin1');
  const other = OTHERS.find(([, matches]) => matches(start));
  if (other) return new ProcessingError('UNSUPPORTED_FORMAT', `Images in ${other[0]} are not supported.`);
  if (/^\s*<(?:!doctype html|html|head|body)/i.test(start)) {
    return new ProcessingError('NOT_AN_IMAGE', 'The server answered with a web page, not an image.');
  }
  if (isKnownStart(start)) return new ProcessingError('CORRUPT_IMAGE', 'The image is damaged and cannot be read.');
  return new ProcessingError('NOT_AN_IMAGE', 'What the server sent is not an image.');
}

/** Starts like a format that we do read: then it is damaged, not something else. */
function isKnownStart(start: string): boolean {
  return /^(?:\xff\xd8\xff|\x89PNG|GIF8|RIFF....WEBP|II[*+]\0|MM\0[*+]|....ftypavi|(?:\xef\xbb\xbf)?\s*<(?:\?xml|svg|!--|!doctype svg))/is.test(
    start,
  );
}
