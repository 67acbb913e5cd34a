import { type ImageId, imageId, type RequestId } from '../domain/ids.js';
import type { CompressOptions, RowOptions } from '../domain/options.js';
import type { ParsedRow } from './parse-row.js';

/** The id of the image that a row asks for by a URL, with its own options over those of the request. */
export type RowImageId = (url: string, row: { options: RowOptions | null }) => ImageId;

export function createRowImageId(request: { _id: RequestId; options: CompressOptions }): RowImageId {
  const { _id, options } = request;
  return (url, row) => imageId(_id, imageUrlKey(url), row.options ? { ...options, ...row.options } : options);
}

/** What makes two URLs the same image: the parsed URL, without the fragment, which no server sees. */
function imageUrlKey(url: string): string {
  const parsed = new URL(url);
  parsed.hash = '';
  return parsed.href;
}

/** The images that a row asks for; none where it is left out. */
export function imageIds(row: ParsedRow, imageIdOf: RowImageId): ImageId[] {
  return row.errors.length > 0 ? [] : row.imageUrls.map((url) => imageIdOf(url, row));
}
