/** What Windows-1252 has where Latin-1 has control characters; a space where it has nothing. */
const FROM_0X80 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
/** The bytes that stand for nothing in it. */
const UNDEFINED = /[\x81\x8d\x8f\x90\x9d]/;

/** Text of Windows-1252; null where a byte stands for nothing in it. Node's own decoder takes such bytes for controls. */
export function decodeWindows1252(bytes: Uint8Array): string | null {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (UNDEFINED.test(latin1)) return null;
  return latin1.replace(/[\x80-\x9f]/g, (char) => FROM_0X80[char.charCodeAt(0) - 0x80] ?? char);
}
