import { parseNodeId } from '../domain/ids.js';
import type { Image } from '../models/image.js';
import type { Product } from '../models/product.js';
import type { RequestSnapshot } from '../models/request.js';
import type { RequestDeps } from './deps.js';

export type FoundNode =
  | { type: 'Request'; node: RequestSnapshot }
  | { type: 'Product'; node: Product }
  | { type: 'Image'; node: Image };

export type FindNode = (owner: string, id: string) => Promise<FoundNode | null>;

/** The request, product or image with this id; null where there is none, or where it belongs to another owner. */
export function createFindNode({ database }: Pick<RequestDeps, 'database'>): FindNode {
  return async (owner, id) => {
    const named = parseNodeId(id);
    const request = named && (await database.requests.findRequest(named.requestId));
    if (!named || request?.owner !== owner) return null;
    if (named.type === 'Request') return { type: 'Request', node: request };
    if (named.type === 'Product') {
      const product = await database.products.findProduct(named.id);
      return product && { type: 'Product', node: product };
    }
    const image = await database.images.findImage(named.id);
    return image && { type: 'Image', node: image };
  };
}
