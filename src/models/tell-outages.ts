import mongoose from 'mongoose';
import { unavailable } from '../domain/errors.js';

const { MongoError, MongoNetworkError, MongoServerSelectionError } = mongoose.mongo;

type Call = (...args: never[]) => Promise<unknown>;

/** The same functions, which throw UNAVAILABLE where the database cannot be reached, or is changing its primary. */
export function tellOutages<T extends object>(store: T): T {
  // Every member of a store is an async function.
  const told = Object.entries(store as Record<string, Call>).map(([name, call]) => [
    name,
    (...args: never[]) =>
      call(...args).catch((error: unknown) => {
        throw isOutage(error) ? unavailable('database', error) : error;
      }),
  ]);
  return Object.fromEntries(told) as T;
}

function isOutage(error: unknown): boolean {
  if (error instanceof mongoose.Error.MongooseServerSelectionError) return true;
  if (!(error instanceof MongoError)) return false;
  const away = error instanceof MongoNetworkError || error instanceof MongoServerSelectionError;
  return away || error.hasErrorLabel('RetryableWriteError');
}
