import sharp from 'sharp';
import type { ImageWarning } from '../domain/image-warning.js';
import type { CompressOptions } from '../domain/options.js';
import { checkPixels, isTransparent, keepsFrames } from './decode.js';
import { type Encoded, encode, isMeasured } from './encode.js';
import { type EncodedFormat, type Format, MAX_SIDE } from './formats.js';
import { type ImageInfo, type Inspected, inspect, type PictureLimits, sized } from './inspect.js';
import { memoryNeeded } from './memory-needed.js';
import { stripMetadata } from './strip-metadata.js';

// One image, one core: how many are worked on at once is decided by the workers, not by libvips.
sharp.concurrency(1);
sharp.cache(false);
// Strangers' bytes meet only the decoders that are meant to be open.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif', 'Tiff', 'Svg'].map((loader) => `VipsForeignLoad${loader}`),
});

export type { ImageInfo } from './inspect.js';

export interface CompressedImage {
  original: ImageInfo;
  compressed: ImageInfo & { data: Buffer };
  /** True when no other form would have been smaller: `compressed.data` is the original then. */
  keptOriginal: boolean;
  warnings: ImageWarning[];
  /** To the original in the size of the result, 0 to 1 (`similarity.ts`); null where it was not asked for. */
  similarity: number | null;
}

type Guard = <T>(work: () => Promise<T>) => Promise<T>;

export interface CompressImageDeps {
  limits: PictureLimits;
  /** For decoding, resizing and encoding one image. */
  timeoutSeconds: number;
  /** Stands around the work on each image, without what it waits before. */
  guard?: Guard;
}

/** Runs the work on an image once there is room for the bytes of memory that it needs. */
export type Admit = <T>(memoryBytes: number, work: () => Promise<T>) => Promise<T>;

/**
 * The same picture in fewer bytes, or the bytes as they came. What an image needs is known before any pixel of it is
 * decoded, and it waits until it is admitted.
 * @throws ProcessingError
 */
export type CompressImage = (bytes: Buffer, options: CompressOptions, admit?: Admit) => Promise<CompressedImage>;

export function createCompressImage(deps: CompressImageDeps): CompressImage {
  const { limits, timeoutSeconds, guard = (work) => work() } = deps;
  return async (bytes, options, admit = (_, work) => work()) => {
    const image = await guard(() => inspect(bytes, limits));
    return admit(memoryNeeded(image, outputFormat(image.info.format, options), options), () =>
      guard(() => compressInspected(bytes, image, options, timeoutSeconds)),
    );
  };
}

async function compressInspected(
  bytes: Buffer,
  image: Inspected,
  options: CompressOptions,
  timeoutSeconds: number,
): Promise<CompressedImage> {
  const original = image.info;
  const format = outputFormat(original.format, options);
  // For each format it also finds out whether the file is cut.
  const stripped = stripMetadata(bytes, original.format, image.metadata.orientation ?? 1);
  const data = options.keepMetadata ? bytes : stripped;
  const reason = format === 'svg' ? null : whyItStays(image, format, options);
  const kept: CompressedImage = {
    original,
    compressed: { ...original, data },
    keptOriginal: data === bytes,
    warnings: notConverted(image, format, options, reason ?? 'as what was asked for it would be no smaller.'),
    similarity: isMeasured(options) ? 1 : null,
  };
  if (format === 'svg') return kept;
  if (reason !== null) {
    await checkPixels(bytes, image, timeoutSeconds);
    return kept;
  }
  const encoded = await encode({ bytes, image, format, options, timeoutSeconds });
  const tooUnlike = isTooUnlike(encoded, options);
  if (encoded.data.length >= data.length || (tooUnlike && kept.warnings.length === 0)) return kept;
  const { width, height, pageHeight = height } = encoded.info;
  return {
    original,
    compressed: { ...sized(format, width, pageHeight), data: encoded.data },
    keptOriginal: false,
    warnings: [...(await lost(bytes, image, format)), ...(tooUnlike ? [TOO_UNLIKE] : [])],
    similarity: encoded.similarity,
  };
}

const TOO_UNLIKE: ImageWarning = {
  code: 'SIMILARITY_NOT_REACHED',
  message: 'No quality of the output format reaches the similarity asked for; it has the highest that was found.',
};

function isTooUnlike({ similarity }: Encoded, { minSimilarity }: CompressOptions): boolean {
  return similarity !== null && similarity < (minSimilarity ?? 0);
}

function outputFormat(original: Format, { format }: CompressOptions): Format {
  return format === 'KEEP' ? original : (format.toLowerCase() as EncodedFormat);
}

/**
 * What coding it again would take from it: its colours, and of what libvips cannot write the other frames; or why that
 * cannot be done. Null where it can.
 */
function whyItStays(image: Inspected, format: EncodedFormat, { maxDimension }: CompressOptions): string | null {
  const { info, several, foreignColours } = image;
  if (foreignColours)
    return 'so that its colours (HDR, of a wide gamut without a profile, or in other samples than 8 and 16 bits) stay right.';
  if (Math.min(longerSide(info), maxDimension ?? Number.POSITIVE_INFINITY) > MAX_SIDE[format]) {
    return `no side in ${format.toUpperCase()} has more than ${MAX_SIDE[format]} pixels.`;
  }
  if (info.format === 'gif' && format === 'gif')
    return isLarger(info, maxDimension) ? null : 'it has few colours as it is.';
  if (!several || keepsFrames(image, format)) return null;
  const wouldBeOne = info.format === format || (format === 'webp' && (info.format === 'png' || info.format === 'avif'));
  return wouldBeOne ? 'so that none of its frames or pages is lost.' : null;
}

function isLarger(info: ImageInfo, maxDimension: number | null): boolean {
  return maxDimension !== null && longerSide(info) > maxDimension;
}

function longerSide({ width, height }: ImageInfo): number {
  return Math.max(width, height);
}

/** Told of an image that stays as it came although something else was asked for. */
function notConverted(
  { info }: Inspected,
  format: Format,
  { maxDimension }: CompressOptions,
  reason: string,
): ImageWarning[] {
  if (info.format === format && (format === 'svg' || !isLarger(info, maxDimension))) return [];
  return [{ code: 'NOT_CONVERTED', message: `It stays in its own format and size: ${reason}` }];
}

/** Told of an image that was coded again: what the output format does not hold. */
async function lost(bytes: Buffer, image: Inspected, format: EncodedFormat): Promise<ImageWarning[]> {
  const warnings: ImageWarning[] = [];
  if (image.several && !keepsFrames(image, format)) {
    const message = `Only its first frame or page is kept: ${format.toUpperCase()} holds one picture.`;
    warnings.push({ code: 'FIRST_FRAME_ONLY', message });
  }
  if (format === 'jpeg' && (await isTransparent(bytes, image))) {
    const message = 'Its transparent parts are white now: JPEG has no transparency.';
    warnings.push({ code: 'TRANSPARENCY_FLATTENED', message });
  }
  return warnings;
}
