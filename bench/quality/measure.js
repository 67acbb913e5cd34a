import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

const FOLDER = join(tmpdir(), `pixelpress-bench-quality-${sharp.versions.sharp}-${sharp.versions.vips}`);
mkdirSync(FOLDER, { recursive: true });

/** What was measured before is read again: a run that is broken off goes on where it was. */
export async function remembered(parts, measure) {
  const file = join(FOLDER, `${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24)}.json`);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    const result = await measure();
    writeFileSync(file, JSON.stringify(result));
    return result;
  }
}

/** What `work` gives, and the milliseconds of CPU that it took, on all threads. */
export async function timed(work) {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, ms: (user + system) / 1000 };
}

/**
 * Bytes, quality and time at a score, between the measured points on both sides of it (bytes by their logarithm, which
 * is nearly straight); null where it is not reached.
 */
export function atScore(points, score) {
  const sorted = points.toSorted((a, b) => a.score - b.score);
  const above = sorted.findIndex((point) => point.score >= score);
  if (above < 0) return null;
  const [from, to] = [sorted[Math.max(0, above - 1)], sorted[above]];
  const part = from === to ? 0 : (score - from.score) / (to.score - from.score);
  const between = (key) => from[key] + part * (to[key] - from[key]);
  const bytes = Math.exp(Math.log(from.bytes) + part * (Math.log(to.bytes) - Math.log(from.bytes)));
  return { bytes, quality: between('quality'), ms: between('ms') };
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
export const geometricMean = (values) => Math.exp(mean(values.map(Math.log)));
