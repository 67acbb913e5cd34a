const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  gif: 'image/gif',
  tiff: 'image/tiff',
  svg: 'image/svg+xml',
  heic: 'image/heic',
};

/** What an object is served with, by the ending of its key: we chose that ending by the content. */
export interface ObjectHeaders {
  contentType: string;
  cacheControl: string;
  contentDisposition: 'inline' | 'attachment';
}

export function objectHeaders(key: string): ObjectHeaders {
  const ending = key.slice(key.lastIndexOf('.') + 1);
  const isImage = key.startsWith('requests/') && ending !== 'csv';
  return {
    contentType: TYPES[ending] ?? 'application/octet-stream',
    // The content's hash is in the key of an image: what stands under it never changes.
    cacheControl: isImage ? 'public, max-age=31536000, immutable' : 'private, no-store',
    // An SVG that is opened by itself runs its scripts: it is only shown within an <img>, or saved.
    contentDisposition: isImage && ending !== 'svg' ? 'inline' : 'attachment',
  };
}
