import { Field, ID, InterfaceType } from 'type-graphql';
import { parseNodeId } from '../../domain/ids.js';

@InterfaceType({
  description: 'A thing with an id of its own.',
  resolveType: (value: { id: string }) => parseNodeId(value.id)?.type,
})
export abstract class Node {
  @Field(() => ID, { description: 'The same over GraphQL and REST; never given to another thing.' })
  id!: string;
}
