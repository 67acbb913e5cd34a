/**
 * Text of others as it may be shown: a terminal, a log or a header obeys control characters, and a file name or a cell
 * of a CSV can hold any. Where they stood there is U+FFFD.
 */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd');
}
