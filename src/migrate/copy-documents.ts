import type { Connection } from 'mongoose';
import { StartError } from '../domain/errors.js';
import { insertMissing } from '../models/insert-missing.js';

const BATCH = 500;

type Document = { _id: string };

/** Copies the documents that are not there yet. Answers how many there are. @throws StartError where some are missing */
export async function copyDocuments(
  from: Connection,
  to: Connection,
  name: string,
  onProgress: (done: number) => void,
): Promise<number> {
  const source = from.collection<Document>(name);
  const target = to.collection(name);
  let done = 0;
  for (let after: string | undefined = ''; after !== undefined; ) {
    const batch: Document[] = await source
      .find({ _id: { $gt: after } })
      .sort({ _id: 1 })
      .limit(BATCH)
      .toArray();
    await insertMissing(target, batch);
    done += batch.length;
    if (batch.length > 0) onProgress(done);
    after = batch.at(-1)?._id;
  }
  const copied = await target.countDocuments({});
  if (copied !== done) throw new StartError(`Of ${done} documents in ${name}, ${copied} are in the target.`);
  return done;
}
