/** A colour profile (ICC, version 2) of primaries and a gamma, with what every such profile must hold. */
export function rgbProfile(primaries: { r: number[]; g: number[]; b: number[] }, gamma: number): Buffer {
  const curve = gammaCurve(gamma);
  return profile('RGB ', {
    rXYZ: xyz(primaries.r),
    gXYZ: xyz(primaries.g),
    bXYZ: xyz(primaries.b),
    rTRC: curve,
    gTRC: curve,
    bTRC: curve,
  });
}

export function greyProfile(gamma: number): Buffer {
  return profile('GRAY', { kTRC: gammaCurve(gamma) });
}

/** Adobe RGB (1998): its primaries against D50, and the gamma. */
export const ADOBE_RGB = {
  primaries: { r: [0.60974, 0.31111, 0.01947], g: [0.20528, 0.62567, 0.06087], b: [0.14919, 0.06322, 0.74457] },
  gamma: 2.19921875,
};
const D50 = [0.9642, 1, 0.8249];

function profile(space: string, tags: Record<string, Buffer>): Buffer {
  const all: Record<string, Buffer> = { desc: description('test'), cprt: text('none'), wtpt: xyz(D50), ...tags };
  const entries = Object.entries(all);
  const head = Buffer.alloc(132 + 12 * entries.length);
  const parts: Buffer[] = [head];
  let at = head.length;
  entries.forEach(([name, data], index) => {
    head.write(name, 132 + 12 * index, 'latin1');
    head.writeUInt32BE(at, 136 + 12 * index);
    head.writeUInt32BE(data.length, 140 + 12 * index);
    parts.push(data);
    at += data.length;
  });
  head.writeUInt32BE(at);
  head.writeUInt32BE(0x02400000, 8);
  head.write(`mntr${space}XYZ `, 12, 'latin1');
  head.writeUInt16BE(2020, 24);
  head.writeUInt16BE(1, 26);
  head.writeUInt16BE(1, 28);
  head.write('acsp', 36, 'latin1');
  xyz(D50).copy(head, 68, 8);
  head.writeUInt32BE(entries.length, 128);
  return Buffer.concat(parts);
}

function xyz(values: number[]): Buffer {
  const tag = Buffer.alloc(20);
  tag.write('XYZ ', 'latin1');
  for (const [index, value] of values.entries()) tag.writeInt32BE(Math.round(value * 65_536), 8 + 4 * index);
  return tag;
}

function gammaCurve(gamma: number): Buffer {
  const tag = Buffer.alloc(16);
  tag.write('curv', 'latin1');
  tag.writeUInt32BE(1, 8);
  tag.writeUInt16BE(Math.round(gamma * 256), 12);
  return tag;
}

function text(content: string): Buffer {
  return Buffer.from(`text\0\0\0\0${content}\0`.padEnd(16, '\0'), 'latin1');
}

function description(content: string): Buffer {
  const tag = Buffer.alloc(112);
  tag.write('desc', 'latin1');
  tag.writeUInt32BE(content.length + 1, 8);
  tag.write(content, 12, 'latin1');
  return tag;
}
