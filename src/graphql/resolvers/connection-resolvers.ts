import { FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { ImageConnection, ProductConnection, RequestConnection } from '../types/connections.js';

const DESCRIPTION = 'How many there are in all.';

@Resolver(() => RequestConnection)
export class RequestConnectionResolver {
  @FieldResolver(() => Int, { description: DESCRIPTION })
  totalCount(@Root() { countAll }: RequestConnection): Promise<number> {
    return countAll();
  }
}

@Resolver(() => ProductConnection)
export class ProductConnectionResolver {
  @FieldResolver(() => Int, { description: DESCRIPTION })
  totalCount(@Root() { countAll }: ProductConnection): Promise<number> {
    return countAll();
  }
}

@Resolver(() => ImageConnection)
export class ImageConnectionResolver {
  @FieldResolver(() => Int, { description: DESCRIPTION })
  totalCount(@Root() { countAll }: ImageConnection): Promise<number> {
    return countAll();
  }
}
