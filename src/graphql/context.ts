import { AppError } from '../domain/errors.js';
import type { Database } from '../models/database.js';
import type { Requests } from '../requests/requests.js';
import type { Loaders } from './loaders.js';
import type { Present } from './present.js';

/** What resolvers work with; made once for each operation. */
export interface GraphQLContext {
  /** The name of the API key; null where the client is not known. */
  owner: string | null;
  requests: Requests;
  database: Database;
  loaders: Loaders;
  present: Present;
  version: string;
}

/** The owner that the client speaks for. @throws AppError UNAUTHENTICATED */
export function authorise({ owner }: GraphQLContext): string {
  if (owner === null) throw new AppError('UNAUTHENTICATED', 'An API key is needed: Authorization: Bearer KEY.');
  return owner;
}
