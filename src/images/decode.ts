import sharp, { type FailOnOptions, type Sharp } from 'sharp';
import type { CompressOptions } from '../domain/options.js';
import { ProcessingError } from '../domain/processing-error.js';
import { damaged } from './containers/damaged.js';
import type { EncodedFormat, Format } from './formats.js';
import type { Inspected } from './inspect.js';

/** Of data that is missing or wrong these decoders only warn, and give grey for it. */
const STRICT: Readonly<Partial<Record<Format, FailOnOptions>>> = { jpeg: 'warning', tiff: 'warning', gif: 'warning' };
/** What the others are read with, and these where a warning was of something else: odd headers, unknown fields. */
const LENIENT: Readonly<Partial<Record<Format, FailOnOptions>>> = { jpeg: 'truncated', tiff: 'error' };
/** Warnings of libjpeg and libtiff that are about pixels. Bytes too many behind the last one are none. */
const OF_PIXELS =
  /Corrupt JPEG data: (?!\d+ extraneous bytes before marker 0xd9)|premature end|at scanline|not yet in table|not enough data/i;
const GREYS = new Set(['b-w', 'grey16']);
/** Formats that hold a picture of shades of grey as such, and more than 8 bits of each. */
const KEEPS_GREY = new Set<EncodedFormat>(['jpeg', 'png', 'tiff']);
const KEEPS_DEPTH = new Set<EncodedFormat>(['png', 'tiff']);

export type DecodeOptions = Pick<CompressOptions, 'maxDimension' | 'keepMetadata' | 'quality'>;

/** Whether the output format holds all frames of the input, and libvips can write them. */
export function keepsFrames({ info, several }: Inspected, format: Format): boolean {
  const moving = (name: Format) => name === 'gif' || name === 'webp';
  return several && moving(info.format) && moving(format);
}

/**
 * Works on the pixels of an image with damage refused. `work` may be called a second time, where the first found a
 * fault that is none.
 * @throws ProcessingError
 */
export async function refusingDamage<T>(
  { info: { format } }: Inspected,
  work: (failOn: FailOnOptions) => Promise<T>,
): Promise<T> {
  const lenient = LENIENT[format];
  try {
    return await work(STRICT[format] ?? 'truncated').catch((error: unknown) => {
      if (!lenient || OF_PIXELS.test(messageOf(error)) || isTimeout(error)) throw error;
      return work(lenient);
    });
  } catch (error) {
    if (!isTimeout(error)) throw damaged(error);
    throw new ProcessingError('PROCESSING_TIMEOUT', 'The image took too long to compress.', { cause: error });
  }
}

function isTimeout(error: unknown): boolean {
  return /timeout/i.test(messageOf(error));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

/** Decoded so far as the output needs it: upright, at most the size asked for, in the colours of sRGB. */
export function decode(
  bytes: Buffer,
  image: Inspected,
  format: EncodedFormat,
  { maxDimension, keepMetadata, quality }: DecodeOptions,
  failOn: FailOnOptions,
): Sharp {
  const animated = keepsFrames(image, format);
  let result = sharp(bytes, { animated, limitInputPixels: false, failOn });
  if (!animated) result = result.autoOrient();
  if (maxDimension !== null) {
    result = result.resize({ width: maxDimension, height: maxDimension, fit: 'inside', withoutEnlargement: true });
  }
  if (image.metadata.hasAlpha && format === 'jpeg') result = result.flatten({ background: '#fff' });
  // A quality asked for is one of fewer colours.
  const deep = image.metadata.depth === 'ushort' && KEEPS_DEPTH.has(format) && quality === null;
  result = inOutputColours(result, image, format, deep);
  return keepMetadata ? withMetadata(result, image, format, deep) : result;
}

function inOutputColours(result: Sharp, { metadata }: Inspected, format: EncodedFormat, deep: boolean): Sharp {
  const { space, icc } = metadata;
  if (!GREYS.has(space)) {
    const deepened = deep ? result.toColourspace('rgb16') : result;
    // sharp's own conversion of 16 bits ends in Display P3, and says so nowhere.
    return space === 'rgb16' && icc ? deepened.withIccProfile('srgb', { attach: false }) : deepened;
  }
  // sharp knows profiles of grey in 8 bits only; where the 16 stay, so does the profile.
  if (deep) return icc ? result.toColourspace('grey16').keepIccProfile() : result.toColourspace('grey16');
  const shallow = space === 'grey16' ? result.pipelineColourspace('b-w') : result;
  return KEEPS_GREY.has(format) ? shallow.toColourspace('b-w') : shallow;
}

/** With its colour profile the numbers of the colours stay as they are; where they cannot, all is sRGB. */
function withMetadata(result: Sharp, { metadata }: Inspected, format: EncodedFormat, deep: boolean): Sharp {
  const { space, icc } = metadata;
  const foreign = space === 'cmyk' || (GREYS.has(space) && icc && !deep && format !== 'jpeg');
  return foreign ? result.keepMetadata().withIccProfile('srgb') : result.keepMetadata();
}

/** Gives each of several works what is left of one time. */
export function sharedTime(seconds: number): (work: Sharp) => Sharp {
  const ends = performance.now() + seconds * 1000;
  return (work) => {
    const left = Math.ceil((ends - performance.now()) / 1000);
    if (left <= 0) throw new Error('timeout: none of it is left');
    return work.timeout({ seconds: left });
  };
}

/** Decodes every pixel of an image that stays as it came. @throws ProcessingError */
export async function checkPixels(bytes: Buffer, image: Inspected, timeoutSeconds: number): Promise<void> {
  const { format } = image.info;
  const pages = format === 'tiff' ? (image.metadata.pages ?? 1) : 1;
  const inTime = sharedTime(timeoutSeconds);
  for (let page = 0; page < pages; page++) {
    const source = format === 'tiff' ? { page } : { animated: keepsFrames(image, format) };
    await refusingDamage(image, (failOn) => {
      // No page is larger than was measured of all, however its size was told.
      const opened = sharp(bytes, { ...source, limitInputPixels: image.pixels, failOn });
      return inTime(opened.resize(1, 1, { fit: 'fill' }))
        .raw()
        .toBuffer();
    });
  }
}

/** Whether something would be seen through it. */
export async function isTransparent(bytes: Buffer, { metadata }: Inspected): Promise<boolean> {
  if (!metadata.hasAlpha) return false;
  const alpha = await sharp(bytes, { limitInputPixels: false, failOn: 'none' })
    .extractChannel('alpha')
    .raw()
    .toBuffer();
  return alpha.some((value) => value < 255);
}
