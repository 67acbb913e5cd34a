import { randomBytes } from 'node:crypto';

/** Slots for each remembered value: half full at most, so that probes stay short. */
const MIN_SLOTS = 1 << 12;

/**
 * The row in which each serial number was seen first, in 12 bytes a slot: a million are remembered in some 25 MB.
 * Values are told apart by 64 bits of a hash; that two among a million different ones share them has odds of 1 in
 * 36 million, and would wrongly report one row. The hash has a secret of each file's: values that are made to share
 * one slot would make the search go through all of them.
 */
export function createSerialNumbers(): { firstRow(value: string, row: number): number | null } {
  const hash64 = createHash64();
  let slots = MIN_SLOTS;
  let used = 0;
  let high = new Uint32Array(slots);
  let low = new Uint32Array(slots);
  let rows = new Uint32Array(slots);

  /** The slot that holds this hash, or the free one where it belongs; rows start at 1, so 0 is free. */
  const find = (a: number, b: number) => {
    let slot = b & (slots - 1);
    while (rows[slot] !== 0 && (high[slot] !== a || low[slot] !== b)) slot = (slot + 1) & (slots - 1);
    return slot;
  };
  const put = (a: number, b: number, row: number) => {
    const slot = find(a, b);
    high[slot] = a;
    low[slot] = b;
    rows[slot] = row;
  };
  const grow = () => {
    const old = { high, low, rows };
    slots *= 2;
    high = new Uint32Array(slots);
    low = new Uint32Array(slots);
    rows = new Uint32Array(slots);
    old.rows.forEach((row, slot) => {
      if (row !== 0) put(old.high[slot] ?? 0, old.low[slot] ?? 0, row);
    });
  };
  return {
    /** The row that had this value before; null where it is new, and remembered now. */
    firstRow(value, row) {
      const [a, b] = hash64(value);
      const seen = rows[find(a, b)];
      if (seen) return seen;
      put(a, b, row);
      used++;
      if (used * 2 > slots) grow();
      return null;
    },
  };
}

/** Two 32-bit halves, each mixed over the whole text with a multiplier of its own (Murmur3's finaliser at the end). */
function createHash64(): (text: string) => [number, number] {
  const secret = randomBytes(16);
  const [startA, startB] = [secret.readUInt32LE(0), secret.readUInt32LE(4)];
  // Multipliers are odd: an even one would lose a bit at every character.
  const [byA, byB] = [secret.readUInt32LE(8) | 1, secret.readUInt32LE(12) | 1];
  return (text) => {
    let a = startA;
    let b = startB;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      a = Math.imul(a ^ code, byA);
      a ^= a >>> 15;
      b = Math.imul(b ^ code, byB);
      b ^= b >>> 13;
    }
    return [finalise(a), finalise(b ^ text.length)];
  };
}

function finalise(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
