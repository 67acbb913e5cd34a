import type { Collection } from 'mongoose';

const DUPLICATE_KEY = 11_000;

/**
 * Inserts the documents whose `_id` is not there yet: unordered, so that one that is there stops none of the others.
 * Goes past Mongoose's documents: they are built whole by their caller, and a million of them are written.
 */
export async function insertMissing(collection: Collection, documents: readonly object[]): Promise<void> {
  if (documents.length === 0) return;
  try {
    await collection.insertMany([...documents], { ordered: false });
  } catch (error) {
    if (!onlyDuplicates(error)) throw error;
  }
}

function onlyDuplicates(error: unknown): boolean {
  if (!(error instanceof Error) || !('writeErrors' in error)) return isDuplicateKey(error);
  const errors = [error.writeErrors].flat() as { code?: number }[];
  return errors.length > 0 && errors.every((each) => each.code === DUPLICATE_KEY);
}

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === DUPLICATE_KEY;
}
