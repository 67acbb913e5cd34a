import sharp, { type Sharp } from 'sharp';

/** Pixels in sRGB, three bytes each: what a viewer sees. */
export interface Picture {
  width: number;
  height: number;
  rgb: Buffer;
}

/** Smooth colours, a dark corner and a saturated bar: turned, mirrored, cut or coloured wrongly, it shows. */
export function scene(width = 120, height = 80): Picture {
  return paint(width, height, (x, y) => {
    if (x < width / 4 && y < height / 3) return [20, 24, 40];
    if (x > width * 0.7 && y > height * 0.4 && y < height * 0.8) return [210, 40, 36];
    return [90 + (120 * x) / width, 200 - (130 * y) / height, 80 + (90 * (x + y)) / (width + height)];
  });
}

export function paint(width: number, height: number, colour: (x: number, y: number) => number[]): Picture {
  const rgb = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rgb.set(colour(x, y).map(Math.round), 3 * (y * width + x));
  }
  return { width, height, rgb };
}

export function open({ width, height, rgb }: Picture): Sharp {
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

export function greyed({ width, height, rgb }: Picture): Picture {
  return paint(width, height, (x, y) => {
    const value = rgb.readUInt8(3 * (y * width + x) + 1);
    return [value, value, value];
  });
}

/** The pixels as a file of that EXIF orientation stores them. */
export function stored({ width, height, rgb }: Picture, orientation: number): Picture {
  const [w, h] = orientation > 4 ? [height, width] : [width, height];
  const seen = (x: number, y: number) =>
    [
      [x, y],
      [w - 1 - x, y],
      [w - 1 - x, h - 1 - y],
      [x, h - 1 - y],
      [y, x],
      [h - 1 - y, x],
      [h - 1 - y, w - 1 - x],
      [y, w - 1 - x],
    ][orientation - 1] as [number, number];
  return paint(w, h, (x, y) => {
    const [sx, sy] = seen(x, y);
    return [...rgb.subarray(3 * (sy * width + sx), 3 * (sy * width + sx) + 3)];
  });
}

/** What a viewer sees of a file: upright, in sRGB, on white. @param page of an animation */
export async function look(file: Buffer, page = 0): Promise<Picture> {
  const opened = sharp(file, { page, limitInputPixels: false, failOn: 'truncated' }).autoOrient();
  const { space, icc } = await opened.metadata();
  // What sharp does not convert by itself: profiles of 16 bits.
  if (space === 'grey16') opened.pipelineColourspace('b-w');
  if (space === 'rgb16' && icc) opened.withIccProfile('srgb', { attach: false });
  const { data, info } = await opened
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

/** How far two pictures are apart: ΔE (CIE 1976) in the mean, and of the pixel that one in twenty exceeds. */
export function difference(a: Picture, b: Picture): { mean: number; worst: number } {
  if (a.width !== b.width || a.height !== b.height) {
    throw new Error(`${a.width}×${a.height} against ${b.width}×${b.height}`);
  }
  const deltas: number[] = [];
  for (let at = 0; at < a.rgb.length; at += 3) {
    const [one, two] = [lab(a.rgb, at), lab(b.rgb, at)];
    deltas.push(Math.hypot(one[0] - two[0], one[1] - two[1], one[2] - two[2]));
  }
  deltas.sort((x, y) => x - y);
  return {
    mean: deltas.reduce((sum, delta) => sum + delta, 0) / deltas.length,
    worst: deltas[Math.floor(deltas.length * 0.95)] ?? 0,
  };
}

export function toLinear(byte: number): number {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function lab(rgb: Buffer, at: number): [number, number, number] {
  const [r, g, b] = [toLinear(rgb[at] ?? 0), toLinear(rgb[at + 1] ?? 0), toLinear(rgb[at + 2] ?? 0)];
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
