const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const ONE_DIGIT = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const KB = 1024;
const MB = 1024 * KB;
const GB = 1024 * MB;
/** Up to here kilobytes are told: they are what a shop owner knows from the images' properties. */
const LARGEST_IN_KB = 10 * MB;

/** `12,345`. */
export function formatCount(count: number): string {
  return WHOLE.format(count);
}

/** `412 KB`, `1,204 KB`, `18.4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < KB) return `${WHOLE.format(bytes)} bytes`;
  if (bytes < LARGEST_IN_KB) return `${WHOLE.format(bytes / KB)} KB`;
  return bytes < GB ? `${ONE_DIGIT.format(bytes / MB)} MB` : `${ONE_DIGIT.format(bytes / GB)} GB`;
}

/** What was saved of `original`, in per cent: `62 %`. Rounded down, so that nothing is praised that is not there. */
export function formatSavedShare(original: number, compressed: number): string {
  return `${original > 0 ? Math.floor(100 * (1 - compressed / original)) : 0} %`;
}

/** A share of 1 in per cent; 100 only when it is all: `99 %`. */
export function formatShare(share: number): string {
  return `${Math.floor(100 * share)} %`;
}

/** Images a second: `8.4`, `120`. */
export function formatRate(perSecond: number): string {
  return (perSecond < 10 ? ONE_DIGIT : WHOLE).format(perSecond);
}

/** `1 image`, `2 images`. */
export function formatThings(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
