import type { RequestId } from '../domain/ids.js';
import { encodeCursor, type Page, type PageInput, pageSize, placeOf, toPage } from '../domain/page.js';
import type { Product } from '../models/product.js';
import type { RequestDeps } from './deps.js';

export type ListProducts = (requestId: RequestId, input: Pick<PageInput, 'first' | 'after'>) => Promise<Page<Product>>;

/** Products of a request in the order of the file; the caller has seen that the request is the client's. */
export function createListProducts({ database }: Pick<RequestDeps, 'database'>): ListProducts {
  return async (requestId, input) => {
    const { size } = pageSize(input);
    const after = placeOf(input.after) ?? 0;
    const products = await database.products.page(requestId, after, size + 1);
    return toPage(products, size, (product) => encodeCursor(product.row), input);
  };
}
