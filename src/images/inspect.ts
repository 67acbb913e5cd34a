import sharp, { type Metadata } from 'sharp';
import type { Limits } from '../domain/limits.js';
import { ProcessingError } from '../domain/processing-error.js';
import { hasForeignAvifColours, isAnimatedAvif } from './containers/avif.js';
import { damaged } from './containers/damaged.js';
import { hasForeignPngColours, isAnimatedPng } from './containers/png.js';
import { tiffPixels } from './containers/tiff.js';
import { FORMATS, type Format } from './formats.js';
import { unreadable } from './identify.js';

export interface ImageInfo {
  /** In pixels, as a viewer sees the image: after its orientation. */
  width: number;
  height: number;
  format: Format;
  contentType: string;
  /** Without the dot. */
  extension: string;
}

export interface Inspected {
  info: ImageInfo;
  metadata: Metadata;
  /** Of all frames or pages together. */
  pixels: number;
  /** More than one frame or page. */
  several: boolean;
  /**
   * Of another space than sRGB, told in a way that libvips does not read: it takes their numbers for those of sRGB; or
   * with samples whose white it does not know, or that are no colours.
   */
  foreignColours: boolean;
}

export type PictureLimits = Pick<Limits, 'maxImagePixels' | 'maxImageFrames'>;

/** What sharp, and libvips below it, say of TIFFs that are whole, and that they have no form for. */
const UNKNOWN_SAMPLES = /channel limit|bad labq/;

/** What an image is by its content, before any pixel of it is decoded. @throws ProcessingError */
export async function inspect(bytes: Buffer, limits: PictureLimits): Promise<Inspected> {
  const metadata = await readMetadata(bytes);
  const info = describe(metadata);
  const pixels = refuseTooMuch(bytes, metadata, limits);
  const several = hasSeveral(bytes, info.format, metadata);
  return { info, metadata, pixels, several, foreignColours: hasForeignColours(bytes, info.format, metadata) };
}

async function readMetadata(bytes: Buffer): Promise<Metadata> {
  // What librsvg would unpack without a bound, and no browser shows.
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw unreadable(bytes);
  try {
    return await sharp(bytes, { limitInputPixels: false, failOn: 'none' }).metadata();
  } catch (error) {
    if (error instanceof Error && UNKNOWN_SAMPLES.test(error.message)) {
      throw new ProcessingError(
        'UNSUPPORTED_FORMAT',
        'A TIFF of more than five channels, or in 8-bit Lab, is not supported.',
      );
    }
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

export function sized(format: Format, width: number, height: number): ImageInfo {
  return { width, height, format, ...FORMATS[format] };
}

/** Answers the pixels of all frames. */
function refuseTooMuch(bytes: Buffer, metadata: Metadata, { maxImagePixels, maxImageFrames }: PictureLimits): number {
  const { format, pages = 1 } = metadata;
  if (pages > maxImageFrames) {
    const message = `The image has ${pages} frames; at most ${maxImageFrames} are taken.`;
    throw new ProcessingError('TOO_MANY_FRAMES', message);
  }
  const pixels = format === 'tiff' ? pixelsOfPages(bytes, metadata) : pixelsOfFrames(metadata);
  if (pixels <= maxImagePixels) return pixels;
  const frames = pages > 1 ? ` in ${pages} frames` : '';
  const message = `The image has ${pixels} pixels${frames}; at most ${maxImagePixels} are taken.`;
  throw new ProcessingError('TOO_MANY_PIXELS', message);
}

function pixelsOfFrames({ width, height, pageHeight, pages = 1 }: Metadata): number {
  return width * (pageHeight ?? height) * pages;
}

/** Each page of a TIFF has a size of its own, and libvips tells that of one alone. */
function pixelsOfPages(bytes: Buffer, { width, height, pages = 1 }: Metadata): number {
  try {
    return Math.max(width * height, tiffPixels(bytes, pages));
  } catch (error) {
    throw error instanceof ProcessingError ? error : damaged(error);
  }
}

/** libvips takes an APNG and an AVIF that moves for their first picture. */
function hasSeveral(bytes: Buffer, format: Format, { pages = 1 }: Metadata): boolean {
  if (format === 'png') return isAnimatedPng(bytes);
  if (format === 'avif') return isAnimatedAvif(bytes);
  return pages > 1;
}

function hasForeignColours(bytes: Buffer, format: Format, metadata: Metadata): boolean {
  if (format === 'png') return hasForeignPngColours(bytes);
  if (format === 'avif') return hasForeignAvifColours(bytes, metadata.hasProfile);
  return format === 'tiff' && hasForeignSamples(metadata);
}

/** libvips clips 32 bits, takes floating point for 0 to 255, and has a TIFF's further channels beside transparency. */
function hasForeignSamples({ depth, space, channels, hasAlpha }: Metadata): boolean {
  const isLab = space === 'labs';
  if (depth !== 'uchar' && depth !== 'ushort' && !isLab) return true;
  const colours = space === 'b-w' || space === 'grey16' ? 1 : space === 'cmyk' ? 4 : 3;
  return channels > colours + (hasAlpha ? 1 : 0);
}
