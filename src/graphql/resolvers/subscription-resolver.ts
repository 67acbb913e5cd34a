import { Arg, Ctx, FieldResolver, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { RequestEvent } from '../../requests/request-event.js';
import { authorise, type GraphQLContext } from '../context.js';
import { Image } from '../types/image.js';
import { RequestStatusEvent } from '../types/payloads.js';

@Resolver(() => RequestStatusEvent)
export class SubscriptionResolver {
  @Subscription(() => RequestStatusEvent, {
    description:
      'The live status of one request: first its present state, then every step, then its terminal state; then the ' +
      'stream completes. `request.revision` never goes down. An unknown id ends the stream with the error NOT_FOUND.',
    subscribe: ({ args, context }) => watchRequest(context, String(args['id'])),
  })
  requestStatus(
    @Root() { request, finishedImageIds }: RequestEvent,
    @Ctx() { present }: GraphQLContext,
    @Arg('id', () => ID, { description: 'Of the request.' }) _id: string,
  ): RequestStatusEvent {
    return { request: present.request(request), finishedImageIds };
  }

  @FieldResolver(() => [Image], {
    description: 'Images that reached an end since the previous event of this subscription, at most 100.',
  })
  async finishedImages(
    @Root() { finishedImageIds }: RequestStatusEvent,
    @Ctx() { loaders, present }: GraphQLContext,
  ): Promise<Image[]> {
    const images = await Promise.all(finishedImageIds.map((id) => loaders.image.load(id)));
    return images.filter((image) => image !== null).map(present.image);
  }
}

/** An unknown id is told before the stream begins: then it is an error of the operation, not of the connection. */
async function watchRequest(context: GraphQLContext, id: string): Promise<AsyncIterable<RequestEvent>> {
  const owner = authorise(context);
  await context.requests.findRequest(owner, id);
  return context.requests.watchRequest(owner, id);
}
