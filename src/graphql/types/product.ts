import { Field, Int, ObjectType } from 'type-graphql';
import type { ImageId, RequestId } from '../../domain/ids.js';
import { Node } from './node.js';

@ObjectType({
  description: 'One product of a file: a row of it, or the rows of one handle (Shopify).',
  implements: Node,
})
export class Product extends Node {
  @Field(() => Int, { description: 'Its first row in the file; 1 for the first after the header.' })
  row!: number;

  @Field(() => String, {
    description: 'What tells it apart: its serial number (`1.` is `1`), Shopify’s handle, WooCommerce’s SKU.',
  })
  serialNumber!: string;

  @Field(() => String, { description: 'As it stands in the file.' })
  name!: string;

  /** For the fields that cost a query; not part of the schema. */
  requestId!: RequestId;
  imageIds!: ImageId[];
}
