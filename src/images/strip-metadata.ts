import { ProcessingError } from '../domain/processing-error.js';
import { stripAvif } from './containers/avif.js';
import { damaged } from './containers/damaged.js';
import { stripGif } from './containers/gif.js';
import { stripJpeg } from './containers/jpeg.js';
import { stripPng } from './containers/png.js';
import { stripTiff } from './containers/tiff.js';
import { stripWebp } from './containers/webp.js';
import type { Format } from './formats.js';

/** How an image loses what does not change its look, with every pixel as it was. SVG is text, and stays as it came. */
const STRIPPERS: Readonly<Record<Format, (bytes: Buffer, orientation: number) => Buffer>> = {
  jpeg: stripJpeg,
  png: stripPng,
  webp: stripWebp,
  avif: stripAvif,
  gif: stripGif,
  tiff: stripTiff,
  svg: (bytes) => bytes,
};

/**
 * The same image without metadata; the very bytes that came in where there are none.
 * @param orientation EXIF's, 1 to 8, which is kept
 * @throws ProcessingError where the file is cut
 */
export function stripMetadata(bytes: Buffer, format: Format, orientation: number): Buffer {
  try {
    const stripped = STRIPPERS[format](bytes, orientation);
    // Larger by an end that was left out, or by an EXIF that is whole: then there was nothing of which to be afraid.
    return stripped.length > bytes.length || stripped.equals(bytes) ? bytes : stripped;
  } catch (error) {
    // A number that leads out of the file.
    throw error instanceof ProcessingError ? error : damaged(error);
  }
}
