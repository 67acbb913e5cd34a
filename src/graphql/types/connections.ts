import { type ClassType, Field, ObjectType } from 'type-graphql';
import { Image } from './image.js';
import { Product } from './product.js';
import { Request } from './request.js';

@ObjectType({ description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there is more after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there is more before this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'The cursor of the first edge; null in an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'The cursor of the last edge; null in an empty page.' })
  endCursor!: string | null;
}

/** The edge and connection types of a node type, in Relay's form. */
function connectionOf<T extends object>(name: string, node: ClassType<T>) {
  const one = `${name === 'Image' ? 'an' : 'a'} ${name.toLowerCase()}`;

  @ObjectType(`${name}Edge`, { description: `The place of ${one} in a page.` })
  class Edge {
    @Field(() => String, { description: 'Its place in the list, for `after` and `before`.' })
    cursor!: string;

    @Field(() => node, { description: `The ${name.toLowerCase()} that stands there.` })
    node!: T;
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${name.toLowerCase()}s.` })
  class Connection {
    @Field(() => [Edge], { description: 'The nodes with their cursors.' })
    edges!: Edge[];

    @Field(() => [node], { description: 'The nodes alone.' })
    nodes!: T[];

    @Field(() => PageInfo, { description: 'Where this page stands.' })
    pageInfo!: PageInfo;

    /** For `totalCount`, which costs a query; not part of the schema. */
    countAll!: () => Promise<number>;
  }
  return Connection;
}

export const RequestConnection = connectionOf('Request', Request);
export type RequestConnection = InstanceType<typeof RequestConnection>;
export const ProductConnection = connectionOf('Product', Product);
export type ProductConnection = InstanceType<typeof ProductConnection>;
export const ImageConnection = connectionOf('Image', Image);
export type ImageConnection = InstanceType<typeof ImageConnection>;
