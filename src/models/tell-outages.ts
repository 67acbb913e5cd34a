import mongoose from 'mongoose';
import { type Outage, unavailable } from '../domain/errors.js';

const { MongoBulkWriteError, MongoError, MongoNetworkError, MongoServerSelectionError } = mongoose.mongo;

const OUT_OF_DISK_SPACE = 14_031;
/** Atlas answers a full cluster with an error of its own. */
const OVER_QUOTA = /over your space quota/;
/** Unauthorized, and AuthenticationFailed: of a user who lost rights, or has a new password. */
const DENIED: readonly unknown[] = [13, 18];
/** All that Atlas itself refuses has this code, also a command that it does not know: what it is only the text tells. */
const ATLAS = 8_000;
const ATLAS_DENIES = /bad auth|not allowed to do action/i;

type Call = (...args: never[]) => Promise<unknown>;

/** The same functions, which throw UNAVAILABLE where the database cannot be reached, is full, or denies us its rights. */
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
  if (!(error instanceof MongoBulkWriteError)) return outageOfOne(error);
  // Around what was said of all the writes, or of each, the driver puts an error of its own.
  const parts = [error, error.errorResponse, ...[error.writeErrors].flat()];
  return parts.map(outageOfOne).find((outage) => outage !== null) ?? null;
}

/** @param said an error of the driver, or what a server said of one write */
function outageOfOne(said: { code?: unknown; message?: unknown; errmsg?: unknown }): Outage | null {
  const { code } = said;
  const text = String(said.message ?? said.errmsg);
  if (code === OUT_OF_DISK_SPACE || OVER_QUOTA.test(text)) return 'full';
  if (DENIED.includes(code) || (code === ATLAS && ATLAS_DENIES.test(text))) return 'denied';
  const away = said instanceof MongoNetworkError || said instanceof MongoServerSelectionError;
  return away || (said instanceof MongoError && said.hasErrorLabel('RetryableWriteError')) ? 'unreachable' : null;
}
