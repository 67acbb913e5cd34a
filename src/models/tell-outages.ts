import mongoose from 'mongoose';
import { type Outage, unavailable } from '../domain/errors.js';

const { MongoError, MongoNetworkError, MongoServerSelectionError } = mongoose.mongo;

const OUT_OF_DISK_SPACE = 14_031;
/** Atlas answers a full cluster with an error of its own. */
const OVER_QUOTA = /over your space quota/;

type Call = (...args: never[]) => Promise<unknown>;

/** The same functions, which throw UNAVAILABLE where the database cannot be reached, or is changing its primary. */
export function tellOutages<T extends object>(store: T): T {
  // Every member of a store is an async function.
  const told = Object.entries(store as Record<string, Call>).map(([name, call]) => [
    name,
    (...args: never[]) =>
      call(...args).catch((error: unknown) => {
        const outage = outageOf(error);
        throw outage ? unavailable('database', error, outage) : error;
      }),
  ]);
  return Object.fromEntries(told) as T;
}

function outageOf(error: unknown): Outage | null {
  if (error instanceof mongoose.Error.MongooseServerSelectionError) return 'unreachable';
  if (!(error instanceof MongoError)) return null;
  if (error.code === OUT_OF_DISK_SPACE || OVER_QUOTA.test(error.message)) return 'full';
  const away = error instanceof MongoNetworkError || error instanceof MongoServerSelectionError;
  return away || error.hasErrorLabel('RetryableWriteError') ? 'unreachable' : null;
}
