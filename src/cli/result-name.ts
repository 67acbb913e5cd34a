/** Digits of a row in a name, so that names sort as the rows do. */
const ROW_DIGITS = 4;
/** Bytes of a product's name in the name of a file: with the rest of it below what any file system takes (255). */
const MAX_NAME_BYTES = 120;
const ENDINGS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/gif': 'gif',
  'image/tiff': 'tiff',
  'image/svg+xml': 'svg',
};

/** A result: where in the file it stands, and what it is. */
export interface Result {
  /** 1 for the first row after the header. */
  row: number;
  /** Of the product. */
  name: string;
  /** 1 for the first image of the row. */
  position: number;
  contentType: string;
}

/**
 * The name of a result's file: `0002-Chair-1.jpg`. Letters and digits alone are taken from the product's name, so that
 * it leads into no other folder; the row parts products of one name, on file systems that do not know case too.
 */
export function resultName({ row, name, position, contentType }: Result): string {
  const plain = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+/, '');
  const number = String(row).padStart(ROW_DIGITS, '0');
  const parts = [number, cut(plain).replace(/-+$/, ''), String(position)].filter(Boolean);
  return `${parts.join('-')}.${ENDINGS[contentType] ?? 'bin'}`;
}

/** Not within a character. */
function cut(text: string): string {
  const encoded = new TextEncoder().encodeInto(text, new Uint8Array(MAX_NAME_BYTES));
  return text.slice(0, encoded.read);
}
