import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { GraphQLContext } from '../context.js';
import { Image } from '../types/image.js';
import { Product } from '../types/product.js';
import { Request } from '../types/request.js';

@Resolver(() => Product)
export class ProductResolver {
  @FieldResolver(() => [Image], { description: 'In the order of the file.' })
  async images(@Root() { imageIds }: Product, @Ctx() { loaders, present }: GraphQLContext): Promise<Image[]> {
    const images = await Promise.all(imageIds.map((id) => loaders.image.load(id)));
    return images.filter((image) => image !== null).map(present.image);
  }

  @FieldResolver(() => Request, { description: 'The file that the row stands in.' })
  async request(@Root() { requestId }: Product, @Ctx() { loaders, present }: GraphQLContext): Promise<Request | null> {
    const request = await loaders.request.load(requestId);
    return request && present.request(request);
  }
}
