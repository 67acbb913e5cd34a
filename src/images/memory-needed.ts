import type { CompressOptions } from '../domain/options.js';
import { isMeasured } from './encode.js';
import type { Format } from './formats.js';
import type { Inspected } from './inspect.js';

/** For each pixel, the most that was seen (docs/decisions/0030-memory.md). */
const USUAL_BYTES = 13;
/** Where libaom works on it, or it is held to be compared with its result. */
const MOST_BYTES = 42;

/** Bytes of memory that decoding and encoding an image takes, at most. */
export function memoryNeeded({ info, pixels }: Inspected, format: Format, options: CompressOptions): number {
  const takesMost = info.format === 'avif' || format === 'avif' || isMeasured(options);
  return pixels * (takesMost ? MOST_BYTES : USUAL_BYTES);
}
