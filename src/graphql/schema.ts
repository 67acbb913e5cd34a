import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import {
  ImageConnectionResolver,
  ProductConnectionResolver,
  RequestConnectionResolver,
} from './resolvers/connection-resolvers.js';
import { MutationResolver } from './resolvers/mutation-resolver.js';
import { ProductResolver } from './resolvers/product-resolver.js';
import { RequestResolver } from './resolvers/request-resolver.js';
import { SubscriptionResolver } from './resolvers/subscription-resolver.js';
import './types/enums.js';
import { Image } from './types/image.js';

/** type-graphql asks for one although every subscription has a `subscribe` of its own; it is never used. */
const UNUSED_PUB_SUB: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('each subscription subscribes by itself');
  },
};

const ROOTS = {
  Query: 'What can be read.',
  Mutation: 'What can be done with files and requests.',
  Subscription: 'What can be watched live, over WebSocket (graphql-transport-ws).',
};

/** The schema out of the resolvers. Stateless: what they work with comes by the context. */
export function createSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      RequestResolver,
      ProductResolver,
      RequestConnectionResolver,
      ProductConnectionResolver,
      ImageConnectionResolver,
      MutationResolver,
      SubscriptionResolver,
    ],
    orphanedTypes: [Image],
    pubSub: UNUSED_PUB_SUB,
    validate: false,
  });
  // type-graphql has no place to describe these.
  for (const [name, description] of Object.entries(ROOTS)) Object.assign(schema.getType(name) ?? {}, { description });
  return schema;
}
