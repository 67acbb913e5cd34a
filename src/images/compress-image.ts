import sharp, { type Metadata, type Sharp } from 'sharp';
import type { Limits } from '../domain/limits.js';
import type { CompressOptions } from '../domain/options.js';
import { ProcessingError } from '../domain/processing-error.js';
import { ENCODERS, type EncodedFormat, FORMATS, type Format } from './formats.js';
import { isLosslessWebp, unreadable } from './identify.js';

// One image, one core: how many are worked on at once is decided by the workers, not by libvips.
sharp.concurrency(1);
sharp.cache(false);
// Strangers' bytes meet only the decoders that are meant to be open.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif', 'Tiff', 'Svg'].map((loader) => `VipsForeignLoad${loader}`),
});

export interface ImageInfo {
  /** In pixels, as a viewer sees the image: after its orientation. */
  width: number;
  height: number;
  format: Format;
  contentType: string;
  /** Without the dot. */
  extension: string;
}

export interface CompressedImage {
  original: ImageInfo;
  compressed: ImageInfo & { data: Buffer };
  /** True when the compressed form would not have been smaller: `compressed.data` is the original then. */
  keptOriginal: boolean;
}

export interface CompressImageDeps {
  limits: Pick<Limits, 'maxImagePixels'>;
  /** For decoding, resizing and encoding one image. */
  timeoutSeconds: number;
}

/** The same picture in fewer bytes, or the bytes as they came. @throws ProcessingError */
export type CompressImage = (bytes: Buffer, options: CompressOptions) => Promise<CompressedImage>;

export function createCompressImage({ limits, timeoutSeconds }: CompressImageDeps): CompressImage {
  return async (bytes, options) => {
    const metadata = await readMetadata(bytes);
    const original = describe(metadata);
    refuseTooManyPixels(metadata, limits.maxImagePixels);
    const kept = { original, compressed: { ...original, data: bytes }, keptOriginal: true };
    const format = outputFormat(original.format, options);
    if (format === 'svg') return kept;
    const image = prepare(bytes, metadata, format, options).timeout({ seconds: timeoutSeconds });
    const encoded = ENCODERS[format](image, { quality: options.quality, lossless: isLosslessWebp(bytes) });
    const { data, info } = await encoded.toBuffer({ resolveWithObject: true }).catch((error: unknown) => {
      throw failed(error);
    });
    if (data.length >= bytes.length || keepsGif(original, format, info.width)) return kept;
    const compressed = { ...sized(format, info.width, info.pageHeight ?? info.height), data };
    return { original, compressed, keptOriginal: false };
  };
}

async function readMetadata(bytes: Buffer): Promise<Metadata> {
  try {
    return await sharp(bytes, { limitInputPixels: false, failOn: 'none' }).metadata();
  } catch {
    throw unreadable(bytes);
  }
}

function describe({ format, compression, autoOrient, width, pageHeight }: Metadata): ImageInfo {
  const name = format === 'heif' ? (compression === 'av1' ? 'avif' : 'heic') : format;
  if (!name || !(name in FORMATS)) {
    throw new ProcessingError('UNSUPPORTED_FORMAT', `Images in ${String(name).toUpperCase()} are not supported.`);
  }
  if (pageHeight) return sized(name as Format, width, pageHeight);
  return sized(name as Format, autoOrient.width, autoOrient.height);
}

function sized(format: Format, width: number, height: number): ImageInfo {
  return { width, height, format, ...FORMATS[format] };
}

function refuseTooManyPixels({ width, height, pageHeight, pages = 1 }: Metadata, maxPixels: number): void {
  const pixels = width * (pageHeight ?? height) * pages;
  if (pixels <= maxPixels) return;
  const frames = pages > 1 ? ` in ${pages} frames` : '';
  const message = `The image has ${pixels} pixels${frames}; at most ${maxPixels} are taken.`;
  throw new ProcessingError('TOO_MANY_PIXELS', message);
}

function outputFormat(original: Format, { format }: CompressOptions): Format {
  return format === 'KEEP' ? original : (format.toLowerCase() as EncodedFormat);
}

/** Decoded so far as the output needs it: upright, at most the size asked for, in the colours of sRGB. */
function prepare(
  bytes: Buffer,
  { pages = 1, hasAlpha, depth }: Metadata,
  format: EncodedFormat,
  { maxDimension, keepMetadata }: CompressOptions,
): Sharp {
  const animated = pages > 1 && (format === 'gif' || format === 'webp');
  let image = sharp(bytes, { animated, limitInputPixels: false, failOn: 'truncated' });
  if (!animated) image = image.autoOrient();
  if (maxDimension !== null) {
    image = image.resize({ width: maxDimension, height: maxDimension, fit: 'inside', withoutEnlargement: true });
  }
  if (hasAlpha && format === 'jpeg') image = image.flatten({ background: '#fff' });
  if (depth === 'ushort' && (format === 'png' || format === 'tiff')) image = image.toColourspace('rgb16');
  return keepMetadata ? image.keepMetadata() : image;
}

/** A GIF cannot be coded again without its colours being chosen anew: at its own size it stays as it came. */
function keepsGif(original: ImageInfo, format: Format, width: number): boolean {
  return original.format === 'gif' && format === 'gif' && width === original.width;
}

function failed(error: unknown): ProcessingError {
  const message = error instanceof Error ? error.message : '';
  if (/timeout/i.test(message)) {
    return new ProcessingError('PROCESSING_TIMEOUT', 'The image took too long to compress.', { cause: error });
  }
  return new ProcessingError('CORRUPT_IMAGE', 'The image is damaged and cannot be read to its end.', { cause: error });
}
