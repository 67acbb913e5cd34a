import { createHash, randomUUID } from 'node:crypto';
import type { CompressOptions } from './options.js';

declare const brand: unique symbol;
/** A UUID; the same over GraphQL and REST. */
export type RequestId = string & { readonly [brand]: 'RequestId' };
/** `<request>.r<row>`: follows from the request and the row, so that expanding twice makes nothing twice. */
export type ProductId = string & { readonly [brand]: 'ProductId' };
/** `<request>.i<hash>`: follows from the request, the URL and the options, so that a URL is one image per request. */
export type ImageId = string & { readonly [brand]: 'ImageId' };

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const NODE_ID = new RegExp(`^(${UUID})(?:\\.(r[1-9]\\d{0,9}|i[0-9a-f]{32}))?$`);

export function newRequestId(): RequestId {
  return randomUUID() as RequestId;
}

export function productId(requestId: RequestId, row: number): ProductId {
  return `${requestId}.r${row}` as ProductId;
}

/** @param urlKey the URL as it identifies an image (`csv/row-image-id`). */
export function imageId(requestId: RequestId, urlKey: string, options: CompressOptions): ImageId {
  const { format, quality, maxDimension, keepMetadata, minSimilarity = null } = options;
  // What came later is left out where it is not asked for: the ids of older requests stay what they are.
  const later = minSimilarity === null ? [] : [minSimilarity];
  const settings = JSON.stringify([format, quality, maxDimension, keepMetadata, ...later]);
  const hash = createHash('sha256').update(settings).update('\n').update(urlKey).digest('hex').slice(0, 32);
  return `${requestId}.i${hash}` as ImageId;
}

export type NodeId =
  | { type: 'Request'; id: RequestId; requestId: RequestId }
  | { type: 'Product'; id: ProductId; requestId: RequestId }
  | { type: 'Image'; id: ImageId; requestId: RequestId };

/** What kind of thing an id given out by us names; null for any other string. */
export function parseNodeId(id: string): NodeId | null {
  const match = NODE_ID.exec(id);
  if (!match) return null;
  const requestId = match[1] as RequestId;
  const part = match[2];
  if (part === undefined) return { type: 'Request', id: requestId, requestId };
  if (part.startsWith('r')) return { type: 'Product', id: id as ProductId, requestId };
  return { type: 'Image', id: id as ImageId, requestId };
}

/** The request id in a client's string; null where it is none. */
export function parseRequestId(id: string): RequestId | null {
  const node = parseNodeId(id);
  return node?.type === 'Request' ? node.id : null;
}
