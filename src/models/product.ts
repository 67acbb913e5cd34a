import { index, modelOptions, prop } from '@typegoose/typegoose';
import type { ImageId, ProductId, RequestId } from '../domain/ids.js';

/** One product of the file: a row of it, or the rows of one handle (Shopify). */
@index({ requestId: 1, row: 1 })
@modelOptions({
  schemaOptions: { collection: 'products', versionKey: false, minimize: false, autoIndex: false, autoCreate: false },
})
export class Product {
  @prop({ type: () => String, required: true })
  _id!: ProductId;
  @prop({ type: () => String, required: true })
  requestId!: RequestId;
  /** Its first row that was taken; 1 for the first after the header. */
  @prop({ type: () => Number, required: true })
  row!: number;
  @prop({ type: () => String, required: true })
  serialNumber!: string;
  @prop({ type: () => String, required: true })
  name!: string;
  /** In the order of the file, or of its image positions; a URL that stands twice is here twice. */
  @prop({ type: () => [String], required: true })
  imageIds!: ImageId[];
}
