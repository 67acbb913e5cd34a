/** Pixels of a picture: red, green and blue of 8 bits each, without gaps. */
export interface Picture {
  data: Uint8Array;
  width: number;
  height: number;
}

interface Plane {
  values: Float32Array;
  width: number;
  height: number;
}

interface Planes {
  luma: Plane;
  /** The luma once more halved. */
  coarse: Plane;
  red: Plane;
  blue: Plane;
}

/** Smaller pictures are compared as they are, others at half their size: what differs in single pixels is not seen. */
const MIN_HALVED_SIDE = 32;
/** Side of the squares that structure is compared in, in pixels. */
const WINDOW = 8;
/** SSIM's constants for values up to 255. */
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;
/** Fitted to SSIMULACRA2, of which the result is about a hundredth (docs/decisions/0021-encoder-defaults.md). */
const WEIGHTS = { structure: 0.51, coarse: 4.12, colour: 0.0028, exponent: 0.37 };

/**
 * How alike a picture is to `reference`, of the same size: 1 where no pixel differs, 0.9 where nobody sees it side by
 * side, 0.7 good, 0.5 middling, 0 at the least. Out of three differences: of structure (SSIM of the luma at half size,
 * the worst places weighing most), of coarse structure (at a quarter), and of colour (at half size).
 */
export function createSimilarity(reference: Picture): (picture: Picture) => number {
  const original = planesOf(reference);
  return (picture) => {
    // Reckoning leaves a trace even where nothing differs.
    if (Buffer.compare(reference.data, picture.data) === 0) return 1;
    const other = planesOf(picture);
    const { structure, coarse, colour, exponent } = WEIGHTS;
    const difference =
      structure * dissimilarity(original.luma, other.luma, 4) +
      coarse * dissimilarity(original.coarse, other.coarse, 1) +
      colour * (squaredError(original.red, other.red) + squaredError(original.blue, other.blue) / 2);
    return Math.max(0, 1 - difference ** exponent);
  };
}

function planesOf({ data, width, height }: Picture): Planes {
  const step = Math.min(width, height) < MIN_HALVED_SIDE ? 1 : 2;
  const [w, h] = [Math.floor(width / step), Math.floor(height / step)];
  const luma = new Float32Array(w * h);
  const red = new Float32Array(w * h);
  const blue = new Float32Array(w * h);
  const across = 3 * (step - 1);
  const down = 3 * width * (step - 1);
  for (let y = 0, to = 0; y < h; y++) {
    for (let x = 0, at = y * step * width * 3; x < w; x++, to++, at += 3 * step) {
      const r = meanOf4(data, at, across, down);
      const g = meanOf4(data, at + 1, across, down);
      const b = meanOf4(data, at + 2, across, down);
      const light = 0.299 * r + 0.587 * g + 0.114 * b;
      luma[to] = light;
      red[to] = 0.713 * (r - light);
      blue[to] = 0.564 * (b - light);
    }
  }
  const plane = (values: Float32Array): Plane => ({ values, width: w, height: h });
  return { luma: plane(luma), coarse: halved(plane(luma)), red: plane(red), blue: plane(blue) };
}

/** Of a value, the next one to its right, and the two below. */
function meanOf4(values: Uint8Array | Float32Array, at: number, right: number, down: number): number {
  return (
    (valueAt(values, at) +
      valueAt(values, at + right) +
      valueAt(values, at + down) +
      valueAt(values, at + right + down)) /
    4
  );
}

/** Places are reckoned from the size of the plane: none is outside of it. */
function valueAt(values: Uint8Array | Float32Array, at: number): number {
  return values[at] as number;
}

function halved({ values, width, height }: Plane): Plane {
  if (Math.min(width, height) < 2) return { values, width, height };
  const [w, h] = [width >> 1, height >> 1];
  const half = new Float32Array(w * h);
  for (let y = 0, to = 0; y < h; y++) {
    for (let x = 0, at = 2 * y * width; x < w; x++, to++, at += 2) {
      half[to] = meanOf4(values, at, 1, width);
    }
  }
  return { values: half, width: w, height: h };
}

/** 1 - SSIM over squares that cover the plane, as their mean of this power: the higher it is, the more the worst weigh. */
function dissimilarity(a: Plane, b: Plane, power: number): number {
  const { width, height } = a;
  const size = Math.min(WINDOW, width, height);
  let sum = 0;
  let count = 0;
  for (let top = 0; top < height; top += size) {
    for (let left = 0; left < width; left += size) {
      // The last ones lie at the edge, and over their neighbours.
      const at = Math.min(top, height - size) * width + Math.min(left, width - size);
      sum += (1 - windowSsim(a.values, b.values, at, width, size)) ** power;
      count++;
    }
  }
  return (sum / count) ** (1 / power);
}

function windowSsim(a: Float32Array, b: Float32Array, from: number, width: number, size: number): number {
  let sumA = 0;
  let sumB = 0;
  let squareA = 0;
  let squareB = 0;
  let product = 0;
  for (let row = 0; row < size; row++) {
    for (let at = from + row * width, end = at + size; at < end; at++) {
      const p = valueAt(a, at);
      const q = valueAt(b, at);
      sumA += p;
      sumB += q;
      squareA += p * p;
      squareB += q * q;
      product += p * q;
    }
  }
  const n = size * size;
  const meanA = sumA / n;
  const meanB = sumB / n;
  const variances = squareA / n - meanA * meanA + squareB / n - meanB * meanB;
  const covariance = product / n - meanA * meanB;
  return ((2 * meanA * meanB + C1) * (2 * covariance + C2)) / ((meanA * meanA + meanB * meanB + C1) * (variances + C2));
}

function squaredError(a: Plane, b: Plane): number {
  let sum = 0;
  for (let at = 0; at < a.values.length; at++) sum += (valueAt(a.values, at) - valueAt(b.values, at)) ** 2;
  return sum / a.values.length;
}
