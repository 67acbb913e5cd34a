import type { ImageId, RequestId } from '../domain/ids.js';

/** Characters of the content's SHA-256 in a key: 64 bits, among the few contents one image can have. */
const HASH_CHARS = 16;

/** Everything that belongs to one request stands under this prefix. */
export function requestPrefix(requestId: RequestId): string {
  return `requests/${requestId}/`;
}

export function inputCsvKey(requestId: RequestId): string {
  return `${requestPrefix(requestId)}input.csv`;
}

/**
 * @param epoch of the counts that the request ends with: it names the content, because what all images say cannot
 * change without a recount, so two writers of different bytes never overwrite each other
 */
export function outputCsvKey(requestId: RequestId, epoch: number): string {
  return `${requestPrefix(requestId)}output-${epoch}.csv`;
}

/**
 * The content's hash is in the key: two deliveries that fetched different bytes never overwrite what a record names.
 * @param extension without the dot
 */
export function imageKey(
  requestId: RequestId,
  image: ImageId,
  role: 'original' | 'compressed',
  sha256: string,
  extension: string,
): string {
  const name = image.slice(requestId.length + 1);
  return `${requestPrefix(requestId)}${name}/${role}-${sha256.slice(0, HASH_CHARS)}.${extension}`;
}

/** The request that a key belongs to; null for a key that is not one of ours. */
export function requestOfKey(key: string): string | null {
  return /^requests\/([0-9a-f-]{36})\/[^/]/.exec(key)?.[1] ?? null;
}
