/** A URL as it is asked for, without its userinfo, which goes as a header to the origin that the URL names. */
export interface PlainUrl {
  href: string;
  headers: { authorization?: string };
}

export function plainUrl(url: URL): PlainUrl {
  const { username, password } = url;
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  if (!username && !password) return { href: bare.href, headers: {} };
  const credentials = `${percentDecoded(username)}:${percentDecoded(password)}`;
  return { href: bare.href, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } };
}

/** A URL may hold percent signs that encode nothing: they stand for themselves. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
