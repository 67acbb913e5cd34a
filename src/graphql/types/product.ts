import { Field, Int, ObjectType } from 'type-graphql';
import type { ImageId, RequestId } from '../../domain/ids.js';
import { Node } from './node.js';

@ObjectType({ description: 'One row of a file.', implements: Node })
export class Product extends Node {
  @Field(() => Int, { description: '1 for the first row after the header.' })
  row!: number;

  @Field(() => String, { description: 'As it stands in the file; `1.` is `1`.' })
  serialNumber!: string;

  @Field(() => String, { description: 'As it stands in the file.' })
  name!: string;

  /** For the fields that cost a query; not part of the schema. */
  requestId!: RequestId;
  imageIds!: ImageId[];
}
