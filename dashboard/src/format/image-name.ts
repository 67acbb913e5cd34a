/** The name that a person knows an image by: the last part of its URL. */
export function imageName(sourceUrl: string): string {
  if (!URL.canParse(sourceUrl)) return sourceUrl;
  const { pathname, host } = new URL(sourceUrl);
  const last = pathname.split('/').filter(Boolean).at(-1);
  return last ? decoded(last) : host;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
