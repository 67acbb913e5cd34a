/**
 * An absolute URL, or one that is relative to a base; null for what is none. In place of `URL.canParse`, which on Node
 * 20 refuses hosts with letters such as ü once it has been called some thousand times: its compiled form takes the
 * bytes of Latin-1 for UTF-8.
 */
export function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}
