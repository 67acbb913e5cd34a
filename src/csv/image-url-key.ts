/** What makes two URLs the same image: the parsed URL, without the fragment, which no server sees. */
export function imageUrlKey(url: string): string {
  const parsed = new URL(url);
  parsed.hash = '';
  return parsed.href;
}
