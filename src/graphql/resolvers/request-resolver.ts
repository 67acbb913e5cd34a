import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { AppError } from '../../domain/errors.js';
import type { RequestId } from '../../domain/ids.js';
import { ImageStatus } from '../../domain/image-status.js';
import { RequestStatus } from '../../domain/request-status.js';
import { authorise, type GraphQLContext } from '../context.js';
import { presentPage } from '../present.js';
import { ImageConnection, ProductConnection, RequestConnection } from '../types/connections.js';
import { CsvError } from '../types/csv-error.js';
import { CsvWarning } from '../types/csv-warning.js';
import { Node } from '../types/node.js';
import { Product } from '../types/product.js';
import { Request } from '../types/request.js';

const FIRST = 'How many from the start on: 1 to 100, 20 if left out.';
const AFTER = 'Only what stands after this cursor.';
const OFFSET =
  'How many to pass over first: to jump to a place in a long list. To read a whole list, follow the cursors instead: they miss nothing and repeat nothing while the list changes.';

@Resolver(() => Request)
export class RequestResolver {
  @Query(() => Node, {
    nullable: true,
    description: 'Any thing that has an id; null where there is none, or it belongs to another API key.',
  })
  async node(@Ctx() context: GraphQLContext, @Arg('id', () => ID, { description: 'Any id given out.' }) id: string) {
    const found = await context.requests.findNode(authorise(context), id);
    return found && context.present.node(found);
  }

  @Query(() => Request, {
    nullable: true,
    description: 'One request; null when there is none with this id, or it belongs to another API key.',
  })
  async request(@Ctx() context: GraphQLContext, @Arg('id', () => ID, { description: 'Of the request.' }) id: string) {
    const found = await context.requests.findRequest(authorise(context), id).catch(nullIfNotFound);
    return found && context.present.request(found);
  }

  @Query(() => RequestConnection, { description: 'Requests, newest first.' })
  async requests(
    @Ctx() context: GraphQLContext,
    @Arg('first', () => Int, { nullable: true, description: FIRST }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after?: string | null,
    @Arg('last', () => Int, { nullable: true, description: 'How many from the end on, instead of `first`.' }) last?:
      | number
      | null,
    @Arg('before', () => String, { nullable: true, description: 'Only what stands before this cursor.' }) before?:
      | string
      | null,
    @Arg('status', () => RequestStatus, { nullable: true, description: 'Only those in this state.' })
    status?: RequestStatus | null,
  ) {
    const owner = authorise(context);
    const page = await context.requests.listRequests(owner, { first, after, last, before, status });
    return presentPage(page, context.present.request, () => context.database.requests.count(owner, status ?? null));
  }

  @Query(() => Product, { nullable: true, description: 'One product of a request.' })
  async product(@Ctx() context: GraphQLContext, @Arg('id', () => ID, { description: 'Of the product.' }) id: string) {
    const found = await context.requests.findNode(authorise(context), id);
    return found?.type === 'Product' ? context.present.product(found.node) : null;
  }

  @Query(() => String, { description: 'The version of the service.' })
  version(@Ctx() { version }: GraphQLContext): string {
    return version;
  }

  @FieldResolver(() => [CsvError], {
    description: 'Rows left out of the file (SKIP_ROW), at most 100 of `skippedRowCount`.',
  })
  skippedRows(
    @Root() { id, skippedRowCount }: Request,
    @Ctx() { database }: GraphQLContext,
  ): CsvError[] | Promise<CsvError[]> {
    return skippedRowCount === 0 ? [] : database.skippedRows.find(id as RequestId);
  }

  @FieldResolver(() => [CsvWarning], {
    description: 'What was repaired on reading the file, at most 100 of `warningCount`.',
  })
  warnings(
    @Root() { id, warningCount }: Request,
    @Ctx() { database }: GraphQLContext,
  ): CsvWarning[] | Promise<CsvWarning[]> {
    return warningCount === 0 ? [] : database.fileWarnings.find(id as RequestId);
  }

  @FieldResolver(() => ProductConnection, { description: 'The products of the file, in its order.' })
  async products(
    @Root() { id }: Request,
    @Ctx() { requests, database, present }: GraphQLContext,
    @Arg('first', () => Int, { nullable: true, description: FIRST }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after?: string | null,
  ) {
    const page = await requests.listProducts(id as RequestId, { first, after });
    return presentPage(page, present.product, () => database.products.count(id as RequestId));
  }

  @FieldResolver(() => ImageConnection, { description: 'The different images of the file, in its order.' })
  async images(
    @Root() { id }: Request,
    @Ctx() { requests, database, present }: GraphQLContext,
    @Arg('first', () => Int, { nullable: true, description: FIRST }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after?: string | null,
    @Arg('status', () => ImageStatus, { nullable: true, description: 'Only those in this state.' })
    status?: ImageStatus | null,
    @Arg('offset', () => Int, { nullable: true, description: OFFSET })
    offset?: number | null,
  ) {
    const page = await requests.listImages(id as RequestId, { first, after, status, offset });
    return presentPage(page, present.image, () => database.images.count(id as RequestId, status ?? null));
  }
}

function nullIfNotFound(error: unknown): null {
  if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
  throw error;
}
