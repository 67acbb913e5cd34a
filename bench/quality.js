// Bytes, CPU and SSIMULACRA2 of encoder settings over photographs and graphics: what the defaults are chosen from.
//   npm run build && node bench/quality.js [jpeg|webp|avif|png] [photographs|graphics] [how many of them]
// Needs the program of bench/quality/scorer, and says how to build it; Butteraugli is shown where Debian's
// libjxl-devtools is installed. Of lossy settings the bytes are those at the score that JPEG of quality 80 has, for
// each picture by itself. What was measured is kept in the temporary folder.
import { CANDIDATES, REFERENCE } from './quality/candidates.js';
import { graphics, photographs } from './quality/corpus.js';
import { atScore, geometricMean, mean, remembered, timed } from './quality/measure.js';
import { butteraugli, openScorer } from './quality/scorer.js';

/** Butteraugli takes two seconds for a picture: it is asked of every fourth. */
const BUTTERAUGLI_EVERY = 4;
const KINDS = { photographs, graphics };
const [format = 'jpeg', kind = format === 'png' ? 'graphics' : 'photographs', count] = process.argv.slice(2);
const candidates = CANDIDATES[format];
const pictures = (await KINDS[kind]()).slice(0, count && Number(count));
const scorer = openScorer();

/** One candidate at one quality on one picture. */
function point(picture, name, quality) {
  return remembered([kind, picture.name, format, name, quality], async () => {
    const { result, ms } = await timed(() => candidates[name].encode(picture, quality));
    await scorer.reference(picture);
    return { quality, bytes: result.length, ms, score: await scorer.score(result) };
  });
}

function reference(picture, index) {
  return remembered([kind, picture.name, 'reference'], async () => {
    const { result, ms } = await timed(() => REFERENCE(picture));
    await scorer.reference(picture);
    const seen = index % BUTTERAUGLI_EVERY === 0 ? await butteraugli(picture, result) : null;
    return { bytes: result.length, ms, score: await scorer.score(result), butteraugli: seen };
  });
}

/** Butteraugli at the whole quality nearest to the equal score. */
function seenAt(picture, name, quality) {
  return remembered([kind, picture.name, format, name, quality, 'butteraugli'], async () => {
    return butteraugli(picture, await candidates[name].encode(picture, quality));
  });
}

async function lossyRow(name, references) {
  const found = [];
  const seen = [];
  let missed = 0;
  for (const [index, picture] of pictures.entries()) {
    const points = [];
    for (const quality of candidates[name].qualities) points.push(await point(picture, name, quality));
    const { bytes, ms, score, butteraugli: base } = references[index];
    const equal = atScore(points, score);
    if (!equal) {
      missed++;
      continue;
    }
    found.push({ bytes: equal.bytes / bytes, cpu: equal.ms / ms, quality: equal.quality });
    if (base) seen.push((await seenAt(picture, name, Math.round(equal.quality))) / base);
  }
  if (found.length === 0) return { settings: name, 'not reached': missed };
  const of = (key) => found.map((each) => each[key]);
  return {
    settings: name,
    'bytes at equal score': geometricMean(of('bytes')).toFixed(3),
    'from … to': `${Math.min(...of('bytes')).toFixed(2)} … ${Math.max(...of('bytes')).toFixed(2)}`,
    'CPU of encoding': geometricMean(of('cpu')).toFixed(2),
    quality: mean(of('quality')).toFixed(0),
    'Butteraugli there': seen.length > 0 ? geometricMean(seen).toFixed(2) : 'not installed',
    'not reached': missed,
  };
}

async function losslessRow(name, first) {
  const points = [];
  for (const picture of pictures) points.push(await point(picture, name, 100));
  return {
    settings: name,
    bytes: geometricMean(points.map((each, index) => each.bytes / first[index].bytes)).toFixed(3),
    'CPU of encoding': geometricMean(points.map((each, index) => each.ms / first[index].ms)).toFixed(2),
    'lowest score': Math.min(...points.map(({ score }) => score)).toFixed(1),
  };
}

/** Marks the settings that none beats in both bytes and CPU. */
function withFrontier(rows, bytes) {
  const number = (row, key) => Number(row[key] ?? Number.POSITIVE_INFINITY);
  const cpu = 'CPU of encoding';
  const beats = (a, b) => number(a, bytes) <= number(b, bytes) && number(a, cpu) < number(b, cpu);
  return rows.map((row) => ({ ...row, frontier: row[bytes] && !rows.some((other) => beats(other, row)) ? '*' : '' }));
}

const names = Object.keys(candidates);
const rows = [];
if (format === 'png') {
  const first = [];
  for (const picture of pictures) first.push(await point(picture, names[0], 100));
  for (const name of names) rows.push(await losslessRow(name, first));
  console.table(withFrontier(rows, 'bytes'));
} else {
  const references = [];
  for (const [index, picture] of pictures.entries()) references.push(await reference(picture, index));
  for (const name of names) rows.push(await lossyRow(name, references));
  console.log(
    `JPEG at quality 80: ${mean(references.map(({ score }) => score)).toFixed(1)} SSIMULACRA2 in the mean of ${pictures.length} ${kind}, ${mean(references.map(({ ms }) => ms)).toFixed(1)} ms of CPU`,
  );
  console.table(withFrontier(rows, 'bytes at equal score'));
}
scorer.close();
