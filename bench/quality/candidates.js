import { compressJpeg, losslessCompressPng, pngQuantize, Transformer } from '@napi-rs/image';
import sharp from 'sharp';
import { fromPixels } from './scorer.js';

/** Qualities that span what anyone would ask for; what lies between two of them is interpolated. */
const JPEG = [25, 40, 55, 65, 75, 82, 88, 93];
const WEBP = [30, 50, 65, 75, 82, 88, 94];
const AVIF = [25, 40, 50, 58, 66, 75, 85];

const jpeg = (options) => ({
  qualities: JPEG,
  encode: (picture, quality) =>
    fromPixels(picture)
      .flatten({ background: '#fff' })
      .jpeg({ quality, ...options })
      .toBuffer(),
});
const webp = (options) => ({
  qualities: WEBP,
  encode: (picture, quality) =>
    fromPixels(picture)
      .webp({ quality, ...options })
      .toBuffer(),
});
const avif = (options) => ({
  qualities: AVIF,
  encode: (picture, quality) =>
    fromPixels(picture)
      .avif({ quality, ...options })
      .toBuffer(),
});
/** One size each: without loss, or with the loss that the candidate is named for. */
const once = (encode) => ({ qualities: [100], encode });
const png = (options) => once((picture) => fromPixels(picture).png(options).toBuffer());

async function rust(picture) {
  const { data, info } = await fromPixels(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return Transformer.fromRgbaPixels(data, info.width, info.height);
}

const progressive = { progressive: true };
const tables = Array.from({ length: 9 }, (_, quantisationTable) => [
  `progressive, table ${quantisationTable}`,
  jpeg({ ...progressive, quantisationTable }),
]);
const full = { chromaSubsampling: '4:4:4' };

/** By format, then by the name that the table shows. The first of each is what the others are measured against. */
export const CANDIDATES = {
  jpeg: {
    'baseline (imgproxy)': jpeg({}),
    ...Object.fromEntries(tables),
    'baseline, table 3': jpeg({ quantisationTable: 3 }),
    'baseline, table 5': jpeg({ quantisationTable: 5 }),
    'table 3, scans optimised': jpeg({ ...progressive, quantisationTable: 3, optimiseScans: true }),
    'table 5, scans optimised': jpeg({ ...progressive, quantisationTable: 5, optimiseScans: true }),
    'table 3, trellis': jpeg({ ...progressive, quantisationTable: 3, trellisQuantisation: true }),
    'table 5, trellis': jpeg({ ...progressive, quantisationTable: 5, trellisQuantisation: true }),
    'mozjpeg (3, trellis, scans)': jpeg({ mozjpeg: true }),
    'baseline, 4:4:4': jpeg(full),
    'progressive, table 3, 4:4:4': jpeg({ ...progressive, quantisationTable: 3, ...full }),
    'progressive, table 5, 4:4:4': jpeg({ ...progressive, quantisationTable: 5, ...full }),
    'mozjpeg, 4:4:4': jpeg({ mozjpeg: true, ...full }),
    '@napi-rs/image jpeg': { qualities: JPEG, encode: async (picture, quality) => (await rust(picture)).jpeg(quality) },
    '@napi-rs/image compressJpeg': {
      qualities: JPEG,
      encode: async (picture, quality) => compressJpeg(await fromPixels(picture).jpeg({ quality }).toBuffer()),
    },
  },
  webp: {
    ...Object.fromEntries([0, 2, 3, 4, 5, 6].map((effort) => [`effort ${effort}`, webp({ effort })])),
    'effort 4, smart subsampling': webp({ effort: 4, smartSubsample: true }),
    'effort 4, preset photo': webp({ effort: 4, preset: 'photo' }),
    'effort 4, smart deblock': webp({ effort: 4, smartDeblock: true }),
    'near-lossless, effort 4': { ...webp({ effort: 4, nearLossless: true }), qualities: [20, 40, 60, 80] },
    '@napi-rs/image webp': { qualities: WEBP, encode: async (picture, quality) => (await rust(picture)).webp(quality) },
  },
  avif: {
    ...Object.fromEntries(
      [0, 1, 2, 3, 4].map((effort) => [`effort ${effort}, 4:4:4`, avif({ effort, chromaSubsampling: '4:4:4' })]),
    ),
    ...Object.fromEntries(
      [0, 1, 2, 3].map((effort) => [`effort ${effort}, 4:2:0`, avif({ effort, chromaSubsampling: '4:2:0' })]),
    ),
    '@napi-rs/image avif, speed 9': {
      qualities: AVIF,
      encode: async (picture, quality) => (await rust(picture)).avif({ quality, speed: 9, threads: 1 }),
    },
  },
  png: {
    'level 6': png({ compressionLevel: 6 }),
    'level 9': png({ compressionLevel: 9 }),
    'level 9, adaptive filter': png({ compressionLevel: 9, adaptiveFiltering: true }),
    'level 6, adaptive filter': png({ compressionLevel: 6, adaptiveFiltering: true }),
    ...Object.fromEntries(
      [1, 4, 7, 10].map((effort) => [`palette, effort ${effort}`, png({ compressionLevel: 9, palette: true, effort })]),
    ),
    'palette, no dither': png({ compressionLevel: 9, palette: true, dither: 0 }),
    'palette, quality 80': png({ compressionLevel: 9, palette: true, quality: 80 }),
    '@napi-rs/image losslessCompressPng': once(async (picture) =>
      losslessCompressPng(await fromPixels(picture).png({ compressionLevel: 1 }).toBuffer()),
    ),
    '@napi-rs/image pngQuantize': once(async (picture) =>
      pngQuantize(await fromPixels(picture).png({ compressionLevel: 1 }).toBuffer()),
    ),
    'lossless WebP, effort 0': once((picture) => fromPixels(picture).webp({ lossless: true, effort: 0 }).toBuffer()),
    'lossless WebP, effort 4': once((picture) => fromPixels(picture).webp({ lossless: true, effort: 4 }).toBuffer()),
    'lossless WebP, effort 6': once((picture) => fromPixels(picture).webp({ lossless: true, effort: 6 }).toBuffer()),
  },
};

/** The way that imgproxy's results are made: what all formats are measured against. */
export const REFERENCE = (picture) =>
  fromPixels(picture).flatten({ background: '#fff' }).jpeg({ quality: 80 }).toBuffer();

sharp.concurrency(1);
sharp.cache(false);
