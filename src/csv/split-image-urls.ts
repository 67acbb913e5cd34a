/** What stands between two URLs of a cell. */
const SEPARATORS = new Set([',', '|', ';', ' ', '\t', '\r', '\n', '\u00a0']);

/**
 * The entries of a cell of image URLs: a separator parts them only where the next one starts, with a scheme and
 * `://`, so that a comma or a blank inside a URL belongs to it. Linear in the length of the cell.
 */
export function splitImageUrls(cell: string): string[] {
  const starts: number[] = [];
  for (let at = cell.indexOf('://'); at !== -1; at = cell.indexOf('://', at + 3)) {
    const start = schemeStart(cell, at, starts.at(-1) ?? 0);
    if (start < at && (start === 0 || SEPARATORS.has(cell[start - 1] ?? ''))) starts.push(start);
  }
  if (starts[0] !== 0) starts.unshift(0);
  return starts.map((start, index) => trimEntry(cell.slice(start, starts[index + 1]))).filter((entry) => entry !== '');
}

function schemeStart(cell: string, end: number, least: number): number {
  let start = end;
  while (start > least && isSchemeChar(cell.charCodeAt(start - 1))) start--;
  return start;
}

function isSchemeChar(code: number): boolean {
  const lower = code | 0x20;
  return (
    (lower >= 0x61 && lower <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2b ||
    code === 0x2d ||
    code === 0x2e
  );
}

function trimEntry(entry: string): string {
  let start = 0;
  let end = entry.length;
  while (start < end && SEPARATORS.has(entry[start] ?? '')) start++;
  while (end > start && SEPARATORS.has(entry[end - 1] ?? '')) end--;
  return entry.slice(start, end);
}
