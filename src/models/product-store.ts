import type { ProductId, RequestId } from '../domain/ids.js';
import type { ProductModel } from './database.js';
import { insertMissing } from './insert-missing.js';
import type { Product } from './product.js';

export interface ProductStore {
  /** Inserts what is not there yet. */
  insertMissing(products: Product[]): Promise<void>;
  findProduct(id: ProductId): Promise<Product | null>;
  /** Products of a request by row, those after row `after`. */
  page(requestId: RequestId, after: number, limit: number): Promise<Product[]>;
  count(requestId: RequestId): Promise<number>;
  deleteOfRequest(requestId: RequestId): Promise<void>;
}

export function createProductStore(model: ProductModel): ProductStore {
  return {
    insertMissing: (products) => insertMissing(model.collection, products),
    findProduct: (id) => model.findById(id).lean<Product>().exec(),
    page: (requestId, after, limit) =>
      model
        .find({ requestId, row: { $gt: after } })
        .sort({ row: 1 })
        .limit(limit)
        .lean<Product[]>()
        .exec(),
    count: (requestId) => model.countDocuments({ requestId }).exec(),
    async deleteOfRequest(requestId) {
      await model.deleteMany({ requestId }).exec();
    },
  };
}
