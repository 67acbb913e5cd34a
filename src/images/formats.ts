import type { Sharp } from 'sharp';

/** The formats that come in, by the names that are given out (`StoredImage.format`). */
export const FORMATS = {
  jpeg: { contentType: 'image/jpeg', extension: 'jpg' },
  png: { contentType: 'image/png', extension: 'png' },
  webp: { contentType: 'image/webp', extension: 'webp' },
  avif: { contentType: 'image/avif', extension: 'avif' },
  gif: { contentType: 'image/gif', extension: 'gif' },
  tiff: { contentType: 'image/tiff', extension: 'tiff' },
  svg: { contentType: 'image/svg+xml', extension: 'svg' },
} as const;

export type Format = keyof typeof FORMATS;
export type EncodedFormat = Exclude<Format, 'svg'>;

/** What a quality of null is, in the formats that lose something by default. */
export const DEFAULT_QUALITY = { jpeg: 78, webp: 78, avif: 55 } as const;

/**
 * The longest side, in pixels, that each format has as libvips writes it: libjpeg ends a little before its format, and
 * sharp at the largest picture of AVIF's level.
 */
export const MAX_SIDE: Readonly<Record<EncodedFormat, number>> = {
  jpeg: 65_500,
  png: Number.POSITIVE_INFINITY,
  webp: 16_383,
  avif: 16_384,
  gif: 65_535,
  tiff: Number.POSITIVE_INFINITY,
};

/** From this quality on, colours keep their full resolution. */
const FULL_CHROMA_QUALITY = 90;

export interface EncodeOptions {
  /** 1 to 100; null is the default of the format. */
  quality: number | null;
  /** WebP came in without loss, and goes out so. */
  lossless: boolean;
  /** Colours change from pixel to pixel: JPEG keeps their full resolution at any quality. */
  fullChroma: boolean;
}

/**
 * The encoder settings of each format, found by measurement (docs/decisions/0021-encoder-defaults.md). A recipe for
 * another format: a line here, a line in FORMATS, and the compiler names the rest.
 */
export const ENCODERS: Readonly<Record<EncodedFormat, (image: Sharp, options: EncodeOptions) => Sharp>> = {
  jpeg: (image, { quality, fullChroma }) =>
    image.jpeg({
      quality: quality ?? DEFAULT_QUALITY.jpeg,
      progressive: true,
      quantisationTable: 5,
      chromaSubsampling: fullChroma || (quality ?? 0) >= FULL_CHROMA_QUALITY ? '4:4:4' : '4:2:0',
    }),
  png: (image, { quality }) =>
    quality === null ? image.png({ compressionLevel: 9 }) : image.png({ compressionLevel: 9, palette: true, quality }),
  webp: (image, { quality, lossless }) =>
    lossless && quality === null
      ? image.webp({ lossless: true, effort: 4 })
      : image.webp({ quality: quality ?? DEFAULT_QUALITY.webp, effort: 4 }),
  avif: (image, { quality }) => image.avif({ quality: quality ?? DEFAULT_QUALITY.avif, effort: 2 }),
  gif: (image) => image.gif({ reuse: true }),
  tiff: (image) => image.tiff({ compression: 'deflate', predictor: 'horizontal' }),
};
