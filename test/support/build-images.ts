import { crc32, deflateSync } from 'node:zlib';

const PNG_HEAD = Buffer.from('89504e470d0a1a0a', 'hex');

export function pngChunk(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length);
  chunk.write(type, 4, 'latin1');
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4);
  return chunk;
}

/** Further chunks behind the first one of a PNG. */
export function withPngChunks(png: Buffer, ...chunks: Buffer[]): Buffer {
  return Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);
}

interface PngOptions {
  width: number;
  height: number;
  depth: number;
  /** Of the format: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  colour: number;
  chunks?: Buffer[];
}

/** A PNG of rows as they are stored, without filters. */
export function buildPng({ width, height, depth, colour, chunks = [] }: PngOptions, rows: Buffer): Buffer {
  const stride = rows.length / height;
  const lines = Array.from({ length: height }, (_, y) => [
    Buffer.from([0]),
    rows.subarray(y * stride, (y + 1) * stride),
  ]);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head[8] = depth;
  head[9] = colour;
  const data = deflateSync(Buffer.concat(lines.flat()));
  const parts = [pngChunk('IHDR', head), ...chunks, pngChunk('IDAT', data), pngChunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([PNG_HEAD, ...parts]);
}

/** An APNG of pictures in RGB, all of one size. */
export function buildApng(width: number, height: number, frames: Buffer[]): Buffer {
  const control = Buffer.alloc(8);
  control.writeUInt32BE(frames.length);
  const data = frames.map((rgb) => {
    const png = buildPng({ width, height, depth: 8, colour: 2 }, rgb);
    return png.subarray(41, png.length - 16);
  });
  let sequence = 0;
  const parts = data.flatMap((pixels, index) => {
    const frame = Buffer.alloc(26);
    frame.writeUInt32BE(sequence++);
    frame.writeUInt32BE(width, 4);
    frame.writeUInt32BE(height, 8);
    frame.writeUInt16BE(1, 20);
    frame.writeUInt16BE(10, 22);
    const number = Buffer.alloc(4);
    if (index > 0) number.writeUInt32BE(sequence++);
    const chunk = index > 0 ? pngChunk('fdAT', Buffer.concat([number, pixels])) : pngChunk('IDAT', pixels);
    return [pngChunk('fcTL', frame), chunk];
  });
  const [first] = frames;
  const head = buildPng({ width, height, depth: 8, colour: 2 }, first ?? Buffer.alloc(0)).subarray(0, 33);
  return Buffer.concat([head, pngChunk('acTL', control), ...parts, pngChunk('IEND', Buffer.alloc(0))]);
}

/** A segment behind the first two bytes of a JPEG. */
export function withJpegSegment(jpeg: Buffer, marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(2 + data.length, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, data, jpeg.subarray(2)]);
}

/** A GIF of frames of one pixel that change its colour. */
export function buildGif(width: number, height: number, frames: number): Buffer {
  const head = Buffer.from('GIF89a\0\0\0\0\x80\0\0\xff\0\0\0\0\xff', 'latin1');
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  const frame = (index: number) =>
    Buffer.from([0x21, 0xf9, 4, 0, 1, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, index % 2 ? 0x4c : 0x44, 1, 0]);
  return Buffer.concat([head, ...Array.from({ length: frames }, (_, index) => frame(index)), Buffer.from([0x3b])]);
}

interface TiffOptions {
  width: number;
  height: number;
  /** 1 for grey, 3 for RGB, 4 for CMYK. */
  channels: 1 | 3 | 4 | 5 | 6;
  /** Of a sample, all channels alike. */
  bits?: number;
  /** Of the format: 1 grey, 2 RGB, 5 CMYK; by the channels if left out. */
  photometric?: number;
  /** Tag, type, number and value of each, beside those of the picture. */
  entries?: number[][];
  /** What entries point at: it stands from byte 16 on. */
  rest?: Buffer;
}

/** A TIFF of one deflated strip. */
export function buildTiff(options: TiffOptions, samples: Buffer): Buffer {
  const {
    width,
    height,
    channels,
    bits = 8,
    photometric = { 1: 1, 3: 2, 4: 5, 5: 2, 6: 2 }[channels],
    entries = [],
    rest = Buffer.alloc(0),
  } = options;
  const data = deflateSync(samples);
  const head = Buffer.alloc(16);
  head.write('II*\0', 'latin1');
  const dataAt = head.length + rest.length;
  // The bits of several channels do not fit into their entry.
  const depths = Buffer.from(Array.from({ length: channels }, () => [bits, 0]).flat());
  const depthsAt = dataAt + data.length;
  head.writeUInt32LE(depthsAt + depths.length, 4);
  const all = [
    [256, 4, 1, width],
    [257, 4, 1, height],
    [258, 3, channels, channels === 1 ? bits : depthsAt],
    [259, 3, 1, 8],
    [262, 3, 1, photometric],
    [273, 4, 1, dataAt],
    [277, 3, 1, channels],
    [278, 4, 1, height],
    [279, 4, 1, data.length],
    ...entries,
  ];
  return Buffer.concat([head, rest, data, depths, tiffDirectory(all.sort(([a = 0], [b = 0]) => a - b))]);
}

/** A TIFF of black pages, each of its own width and height; those of one size have one strip. */
export function buildTiffPages(sizes: readonly (readonly [number, number])[]): Buffer {
  const head = Buffer.from('II*\0\0\0\0\0', 'latin1');
  const parts: Buffer[] = [head];
  let at = 8;
  const append = (part: Buffer) => {
    parts.push(part);
    at += part.length;
    return at - part.length;
  };
  const strips = new Map<number, { data: Buffer; from: number }>();
  // Where the address of the next directory is to stand.
  let [link, linkAt]: [Buffer, number] = [head, 4];
  for (const [width, height] of sizes) {
    const area = width * height;
    const data = strips.get(area)?.data ?? deflateSync(Buffer.alloc(area));
    const { from } = strips.get(area) ?? { from: append(data) };
    strips.set(area, { data, from });
    const directory = tiffDirectory([
      [256, 4, 1, width],
      [257, 4, 1, height],
      [258, 3, 1, 8],
      [259, 3, 1, 8],
      [262, 3, 1, 1],
      [273, 4, 1, from],
      [277, 3, 1, 1],
      [278, 4, 1, height],
      [279, 4, 1, data.length],
    ]);
    link.writeUInt32LE(append(directory), linkAt);
    [link, linkAt] = [directory, directory.length - 4];
  }
  return Buffer.concat(parts);
}

/** A directory of a TIFF or of EXIF, in little-endian order. */
export function tiffDirectory(entries: number[][]): Buffer {
  const directory = Buffer.alloc(2 + 12 * entries.length + 4);
  directory.writeUInt16LE(entries.length);
  entries.forEach(([tag = 0, type = 0, count = 0, value = 0], index) => {
    const at = 2 + 12 * index;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(count, at + 4);
    directory.writeUInt32LE(value, at + 8);
  });
  return directory;
}
