import type { Random } from '../faults/random.js';

/** Bytes that formats and parsers care about. */
const INTERESTING = [0, 1, 0x0a, 0x0d, 0x22, 0x2c, 0x2d, 0x3a, 0x7f, 0x80, 0xff, 0xfe, 0xc0, 0xed];

/** The same bytes with some of them changed, cut, doubled or moved. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let times = random.whole(1, random.chance(0.2) ? 40 : 4); times > 0; times--)
    result = mutateOnce(result, random);
  return result;
}

function mutateOnce(bytes: Buffer, random: Random): Buffer {
  const at = random.whole(0, Math.max(0, bytes.length - 1));
  const length = random.whole(1, random.chance(0.1) ? 2_000 : 16);
  switch (random.whole(0, 7)) {
    case 0:
      if (bytes.length > 0) bytes[at] = random.whole(0, 255);
      return bytes;
    case 1:
      if (bytes.length > 0) bytes[at] = random.pick(INTERESTING);
      return bytes;
    case 2:
      if (bytes.length > 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.whole(0, 7));
      return bytes;
    case 3:
      return bytes.subarray(0, at);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 5:
      return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(length, random.pick(INTERESTING)), bytes.subarray(at)]);
    case 6:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    default:
      if (bytes.length >= at + 4) bytes.writeUInt32LE(random.pick([0, 1, 0x7fffffff, 0x80000000, 0xffffffff]), at);
      return bytes;
  }
}
