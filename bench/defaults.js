// The service's own settings on photographs: against JPEG of quality 80 as imgproxy makes it, and `minSimilarity`
// against the fixed default.
//   npm run build && node bench/defaults.js
// Needs the program of bench/quality/scorer (see bench/quality.js).
import sharp from 'sharp';
import { createCompressImage } from '../dist/images/compress-image.js';
import { photographs } from './quality/corpus.js';
import { atScore, geometricMean, mean, timed } from './quality/measure.js';
import { fromPixels, openScorer } from './quality/scorer.js';

const OPTIONS = { format: 'KEEP', quality: null, maxDimension: null, keepMetadata: false };
const QUALITIES = [60, 68, 74, 78, 82, 86];
const FLOORS = [0.7, 0.72, 0.74, 0.76, 0.78, 0.8, 0.82];

const compress = createCompressImage({
  limits: { maxImagePixels: 1e9, maxImageFrames: 1 },
  timeoutSeconds: 60,
});
const scorer = openScorer();
const pictures = await photographs();
/** As a shop has them: JPEG of high quality, of which what comes in is the original. */
const files = await Promise.all(
  pictures.map((picture) => fromPixels(picture).jpeg({ quality: 92, chromaSubsampling: '4:2:0' }).toBuffer()),
);

async function measured(work) {
  const points = [];
  for (const file of files) {
    await scorer.reference(file);
    const { result, ms } = await timed(() => work(file));
    points.push({ bytes: result.length, ms, score: await scorer.score(result) });
  }
  return points;
}
const ours = (options) => measured(async (file) => (await compress(file, { ...OPTIONS, ...options })).compressed.data);
const sum = (points, key) => points.reduce((all, point) => all + point[key], 0);
const scoreOf = (points) => mean(points.map(({ score }) => score));

await measured((file) => sharp(file).jpeg().toBuffer());
const plain = await measured((file) => sharp(file).autoOrient().jpeg({ quality: 80 }).toBuffer());
const curve = [];
for (const quality of QUALITIES) curve.push((await ours({ quality })).map((point) => ({ quality, ...point })));
const equal = plain.map(({ score }, at) =>
  atScore(
    curve.map((points) => points[at]),
    score,
  ),
);
const fixed = await ours({});
console.log(`${files.length} photographs; JPEG of quality 80: ${scoreOf(plain).toFixed(1)} SSIMULACRA2 in the mean`);
console.log(
  `bytes at equal SSIMULACRA2, ours/JPEG 80 (at most 0.88): ${geometricMean(equal.map(({ bytes }, at) => bytes / plain[at].bytes)).toFixed(3)} in the mean of the images, ${(sum(equal, 'bytes') / sum(plain, 'bytes')).toFixed(3)} of their sum`,
);
console.log(`CPU an image, ours/JPEG 80 (at most 2): ${(sum(fixed, 'ms') / sum(plain, 'ms')).toFixed(2)}`);
console.log(`the default: ${scoreOf(fixed).toFixed(1)} SSIMULACRA2, ${sum(fixed, 'bytes')} bytes`);

const floors = [];
for (const floor of FLOORS) {
  const points = await ours({ minSimilarity: floor });
  floors.push({ quality: floor, bytes: sum(points, 'bytes'), ms: sum(points, 'ms'), score: scoreOf(points), points });
}
const similarities = [];
for (const file of files) similarities.push((await compress(file, { ...OPTIONS, measureSimilarity: true })).similarity);
const floor = Math.floor(Math.min(...similarities) * 1000) / 1000;
const atFloor = await ours({ minSimilarity: floor });
const held = atScore(floors, scoreOf(fixed));
console.table(
  floors.map(({ quality, bytes, score, ms, points }) => ({
    minSimilarity: quality,
    'bytes / default': (bytes / sum(fixed, 'bytes')).toFixed(3),
    'mean score': score.toFixed(1),
    'worst score': Math.min(...points.map((point) => point.score)).toFixed(1),
    'CPU / default': (ms / sum(fixed, 'ms')).toFixed(2),
  })),
);
console.log(
  `at equal floor, minSimilarity ${floor}, the default's worst: bytes/default ${(sum(atFloor, 'bytes') / sum(fixed, 'bytes')).toFixed(3)}, mean score ${scoreOf(atFloor).toFixed(1)}`,
);
const worst = Math.min(...fixed.map(({ score }) => score)).toFixed(1);
if (held) {
  console.log(
    `minSimilarity ${held.quality.toFixed(3)} has the default's mean score: bytes/default (at most 0.92) ${(held.bytes / sum(fixed, 'bytes')).toFixed(3)}; the default's worst score is ${worst}`,
  );
}
scorer.close();
