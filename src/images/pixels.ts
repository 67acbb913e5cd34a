/** Decoded pixels of 8 bits, without gaps. */
export interface Pixels {
  data: Buffer;
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
}

const PALETTE_SIZE = 256;
/**
 * Mean square of what a colour difference (Cb, Cr) loses when four pixels share one. Photographs and soft drawings have
 * 0 to 17, saturated edges of one pixel several hundred (docs/decisions/0021-encoder-defaults.md).
 */
const MAX_SHARED_COLOUR_ERROR = 60;

/** Whether there are no more colours than a palette holds: found out early for all but flat graphics. */
export function withFewColours({ data, channels }: Pixels): boolean {
  const seen = new Set<number>();
  for (let at = 0; at < data.length; at += channels) {
    seen.add(colourAt(data, at, channels));
    if (seen.size > PALETTE_SIZE) return false;
  }
  return true;
}

/** The same colours at the same places, whatever number of channels tells them. */
export function isIdentical(a: Pixels, b: Pixels): boolean {
  if (a.width !== b.width || a.height !== b.height) return false;
  for (let pixel = 0; pixel < a.width * a.height; pixel++) {
    const [p, q] = [colourAt(a.data, pixel * a.channels, a.channels), colourAt(b.data, pixel * b.channels, b.channels)];
    if (p !== q) return false;
  }
  return true;
}

function colourAt(data: Buffer, at: number, channels: number): number {
  const red = data[at] ?? 0;
  const isGrey = channels < 3;
  const green = isGrey ? red : (data[at + 1] ?? 0);
  const blue = isGrey ? red : (data[at + 2] ?? 0);
  const alpha = channels % 2 === 0 ? (data[at + channels - 1] ?? 0) : 255;
  return ((red * 256 + green) * 256 + blue) * 256 + alpha;
}

/** Whether neighbouring pixels differ so much in colour that JPEG must not share it among four of them. */
export function tellsColoursApart({ data, width, height, channels }: Pixels): boolean {
  return channels >= 3 && sharedColourError(data, width, height, channels) > MAX_SHARED_COLOUR_ERROR;
}

/** Over blocks of two by two, of which every fourth row of blocks is looked at. */
export function sharedColourError(data: Buffer, width: number, height: number, channels: number): number {
  let error = 0;
  let count = 0;
  for (let y = 0; y + 1 < height; y += 8) {
    for (let x = 0; x + 1 < width; x += 2) {
      const at = (y * width + x) * channels;
      const below = at + width * channels;
      error += spread(data, at, at + channels, below, below + channels);
      count++;
    }
  }
  return count === 0 ? 0 : error / count;
}

/** Variance of Cb and of Cr over four pixels. */
function spread(data: Buffer, ...places: readonly number[]): number {
  let [sumB, sumR, squares] = [0, 0, 0];
  for (const at of places) {
    const [red, green, blue] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
    const light = 0.299 * red + 0.587 * green + 0.114 * blue;
    const b = 0.564 * (blue - light);
    const r = 0.713 * (red - light);
    sumB += b;
    sumR += r;
    squares += b * b + r * r;
  }
  return squares / 4 - (sumB / 4) ** 2 - (sumR / 4) ** 2;
}
