import type { ImageId, RequestId } from '../domain/ids.js';

/** Characters of the content's SHA-256 in a key: 64 bits, among the few contents one image can have. */
const HASH_CHARS = 16;
/** Characters of a claim in a key: 32 bits, among the few claims one image can have. */
const CLAIM_CHARS = 8;

/** Uploaded files, each known by its request's id: apart from the rest, so that those without a request are found. */
export const UPLOADS_PREFIX = 'uploads/';

/** Everything else that is stored, but the mark of the owner. */
export const REQUESTS_PREFIX = 'requests/';

/** Names the database whose objects these are. */
export const OWNER_KEY = 'pixelpress-owner.txt';

/** Written and removed again, to see whether anything can be stored. */
export const PROBE_KEY = 'pixelpress-probe.txt';

/** Everything that is made for one request stands under this prefix. */
export function requestPrefix(requestId: RequestId): string {
  return `${REQUESTS_PREFIX}${requestId}/`;
}

/** The same ending for an .xlsx: what the file is, its request says, and an upload without a request is found by its key. */
export function inputCsvKey(requestId: RequestId): string {
  return `${UPLOADS_PREFIX}${requestId}.csv`;
}

/**
 * @param epoch of the counts that the request ends with: it names the content, because what all images say cannot
 * change without a recount, so two writers of different bytes never overwrite each other
 */
export function outputCsvKey(requestId: RequestId, epoch: number): string {
  return `${requestPrefix(requestId)}output-${epoch}.csv`;
}

/**
 * The claim is in the key, so that two deliveries of one image never write the same object, and each may remove what
 * it stored itself; so is the content's hash, so that what stands under a key never changes.
 * @param extension without the dot
 */
export function imageKey(
  requestId: RequestId,
  image: ImageId,
  claim: string,
  role: 'original' | 'compressed',
  sha256: string,
  extension: string,
): string {
  const name = image.slice(requestId.length + 1);
  const content = `${sha256.slice(0, HASH_CHARS)}-${claim.slice(0, CLAIM_CHARS)}`;
  // In one folder for the request: making one for each image costs as much as writing it.
  return `${requestPrefix(requestId)}${name}-${role}-${content}.${extension}`;
}

/** The image that an object was made for, under its key or the one of 0.1.0; null where the key is that of no image. */
export function imageOfKey(key: string): ImageId | null {
  const match = /^requests\/([0-9a-f-]{36})\/(i[0-9a-f]{32})[/-][A-Za-z0-9-]+\.[a-z]+$/.exec(key);
  return match ? (`${match[1]}.${match[2]}` as ImageId) : null;
}

/** The request whose folder this is; null where it is none of ours. */
export function requestOfPrefix(prefix: string): RequestId | null {
  return (/^requests\/([0-9a-f-]{36})\/$/.exec(prefix)?.[1] as RequestId | undefined) ?? null;
}

/** The request that an uploaded file belongs to, or was meant for; null where the key is that of no upload. */
export function requestOfUpload(key: string): RequestId | null {
  return (/^uploads\/([0-9a-f-]{36})\.csv$/.exec(key)?.[1] as RequestId | undefined) ?? null;
}
