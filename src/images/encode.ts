import sharp, { type FailOnOptions, type OutputInfo, type Sharp } from 'sharp';
import type { CompressOptions } from '../domain/options.js';
import { isLosslessWebp, stripWebp } from './containers/webp.js';
import { decode, keepsFrames, refusingDamage, sharedTime } from './decode.js';
import { DEFAULT_QUALITY, ENCODERS, type EncodedFormat } from './formats.js';
import type { Inspected } from './inspect.js';
import { isIdentical, type Pixels, tellsColoursApart, withFewColours } from './pixels.js';
import { searchQuality } from './search-quality.js';
import { createSimilarity } from './similarity.js';

/** Pixels of an image that are held so that it is decoded once; a larger one is decoded for each time it is encoded. */
const MAX_HELD_PIXELS = 16_000_000;
/** Larger pictures are compared in this size. */
const MAX_COMPARED_PIXELS = 4_000_000;
/** Where a format without loss is to become one with it, the search begins here. */
const FIRST_LOSSY_QUALITY = 85;
/** What is seen through transparent parts where pictures are compared: any colour that few pictures have. */
const BACKDROP = '#808080';

export interface Encoded {
  data: Buffer;
  info: OutputInfo;
  /** To the original in the size of the result, 0 to 1; null where it was not asked for. */
  similarity: number | null;
}

interface Source {
  bytes: Buffer;
  image: Inspected;
  format: EncodedFormat;
  options: CompressOptions;
  timeoutSeconds: number;
}

/** Encodes an image by its options; where a similarity is to be held, as often as that takes. @throws ProcessingError */
export async function encode(source: Source): Promise<Encoded> {
  const { image, format, options } = source;
  const encoded = await refusingDamage(image, (failOn) => encodeOpened(source, failOn));
  const orientation = image.metadata.orientation ?? 1;
  // libvips turns no animation: its frames stay as they are stored, and what says how they are turned stays with them.
  if (orientation === 1 || options.keepMetadata || !keepsFrames(image, format)) return encoded;
  return { ...encoded, data: stripWebp(encoded.data, orientation) };
}

async function encodeOpened(source: Source, failOn: FailOnOptions): Promise<Encoded> {
  const { bytes, image, format, options } = source;
  const inTime = sharedTime(source.timeoutSeconds);
  const pixels = needsPixels(source) ? await readPixels(inTime(decoded(source, failOn))) : null;
  const open = () => (pixels ? fromPixels(pixels) : decoded(source, failOn));
  const lossless = image.info.format === 'webp' && isLosslessWebp(bytes);
  const fullChroma = format === 'jpeg' && pixels !== null && tellsColoursApart(pixels);
  const write = (quality: number | null) => {
    const encoder = ENCODERS[format](open(), { quality, lossless, fullChroma });
    return inTime(encoder).toBuffer({ resolveWithObject: true });
  };
  const asAsked = async (quality: number | null) => {
    const result = await write(quality);
    return quality === null && format === 'png' && pixels ? smallerPalette(pixels, result, inTime) : result;
  };
  if (!isMeasured(options)) return { ...(await asAsked(options.quality)), similarity: null };

  const reference = pixels ? fromPixels(pixels) : firstFrame(source, failOn);
  const similarityTo = createSimilarity(await comparable(inTime(reference)));
  const measured = async (quality: number | null) => {
    const result = await asAsked(quality);
    const other = await comparable(inTime(sharp(result.data, { limitInputPixels: false })));
    return { ...result, quality: quality ?? usualQuality(format) ?? 100, similarity: similarityTo(other) };
  };
  return searchFloor(source, lossless, measured);
}

/** Null where the format loses nothing by default. */
function usualQuality(format: EncodedFormat): number | null {
  return format in DEFAULT_QUALITY ? DEFAULT_QUALITY[format as keyof typeof DEFAULT_QUALITY] : null;
}

type Measured = Encoded & { quality: number; similarity: number };

async function searchFloor(
  { format, options: { quality, minSimilarity } }: Source,
  lossless: boolean,
  attempt: (quality: number | null) => Promise<Measured>,
): Promise<Measured> {
  const floor = minSimilarity ?? null;
  const usual = lossless ? null : usualQuality(format);
  const isLossless = quality === null && usual === null;
  if (floor === null || format === 'gif' || format === 'tiff') return attempt(quality);
  if (isLossless && floor === 1) return attempt(null);
  const found = await searchQuality({ floor, first: quality ?? usual ?? FIRST_LOSSY_QUALITY, attempt });
  if (!isLossless) return found;
  const whole = await attempt(null);
  return found.similarity >= floor && found.data.length < whole.data.length ? found : whole;
}

export function isMeasured({ measureSimilarity, minSimilarity }: CompressOptions): boolean {
  return measureSimilarity === true || (minSimilarity ?? null) !== null;
}

/** Whether the encoder's settings follow from the pixels, or they are encoded more than once. */
function needsPixels({ image: { info, metadata, several }, format, options }: Source): boolean {
  const deep = metadata.depth === 'ushort';
  if (several || deep || options.keepMetadata || info.width * info.height > MAX_HELD_PIXELS) return false;
  const mayNeedFullChroma = format === 'jpeg' && metadata.channels >= 3 && metadata.chromaSubsampling !== '4:2:0';
  return isMeasured(options) || mayNeedFullChroma || (format === 'png' && options.quality === null);
}

function decoded({ bytes, image, format, options }: Source, failOn: FailOnOptions): Sharp {
  return decode(bytes, image, format, options, failOn);
}

/** In the colours of sRGB, whatever profile is kept in the result. */
function firstFrame({ bytes, image, format, options }: Source, failOn: FailOnOptions): Sharp {
  return decode(bytes, { ...image, several: false }, format, { ...options, keepMetadata: false }, failOn);
}

async function readPixels(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

function fromPixels({ data, width, height, channels }: Pixels): Sharp {
  const image = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  return channels < 3 ? image.toColourspace('b-w') : image;
}

/** Opaque, in sRGB, and no larger than is compared. */
async function comparable(image: Sharp) {
  const opaque = image.flatten({ background: BACKDROP }).toColourspace('srgb');
  const { data, info } = await opaque.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const scale = Math.sqrt(MAX_COMPARED_PIXELS / (width * height));
  if (scale >= 1 && channels === 3) return { data, width, height };
  const whole = sharp(data, { raw: { width, height, channels }, limitInputPixels: false }).toColourspace('srgb');
  const size = { width: Math.ceil(width * Math.min(1, scale)), height: Math.ceil(height * Math.min(1, scale)) };
  const shrunk = await whole
    .resize({ ...size, fit: 'fill' })
    .raw()
    .toBuffer();
  return { data: shrunk, ...size };
}

/** A PNG of at most 256 colours in a palette, where that is smaller and every pixel is the same. */
async function smallerPalette(
  pixels: Pixels,
  result: { data: Buffer; info: OutputInfo },
  inTime: (work: Sharp) => Sharp,
): Promise<{ data: Buffer; info: OutputInfo }> {
  if (!withFewColours(pixels)) return result;
  const options = { palette: true, quality: 100, dither: 0, compressionLevel: 9 };
  const palette = await inTime(fromPixels(pixels).png(options)).toBuffer({ resolveWithObject: true });
  if (palette.data.length >= result.data.length) return result;
  const again = await sharp(palette.data).raw().toBuffer({ resolveWithObject: true });
  return isIdentical(pixels, { data: again.data, ...again.info }) ? palette : result;
}
