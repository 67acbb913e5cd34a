import { randomUUID } from 'node:crypto';
import { StartError } from '../domain/errors.js';
import { REQUESTS_PREFIX, UPLOADS_PREFIX } from '../storage/keys.js';
import { copyDocuments } from './copy-documents.js';
import { copyObjects } from './copy-objects.js';
import type { EngineSet } from './engine-set.js';
import { MARK, moved } from './migration-mark.js';

/** Requests last: where one is, all that it names is there. */
const COLLECTIONS = ['images', 'products', 'skippedRows', 'fileWarnings', 'requests'] as const;
const NAMESPACE_NOT_FOUND = 26;

export interface Migrated {
  documents: number;
  objects: number;
  bytes: number;
}

/** Told now and again. */
export type OnProgress = (what: string, done: number) => void;

type Setting = { _id: string; value: string };

/**
 * Copies every request with all that belongs to it, and compares: documents by their number, objects by their hash.
 * Broken off, it goes on where it is run again; the source is only read, but for a mark that tells it from others.
 * @throws StartError where the target has requests of another origin, or the copy is not whole
 */
export async function migrate(from: EngineSet, to: EngineSet, onProgress: OnProgress): Promise<Migrated> {
  const source = await settle(from, 'objects', randomUUID());
  await claimTarget(to, source);
  const sum: Migrated = { documents: 0, objects: 0, bytes: 0 };
  for (const prefix of [UPLOADS_PREFIX, REQUESTS_PREFIX]) {
    const { objects, bytes } = await copyObjects(from.storage, to.storage, prefix, (done) =>
      onProgress('objects', sum.objects + done),
    );
    sum.objects += objects;
    sum.bytes += bytes;
  }
  for (const name of COLLECTIONS) {
    const copied = await copyDocuments(from.connection, to.connection, name, (done) => onProgress(name, done));
    sum.documents += copied;
  }
  await settings(to).updateOne({ _id: MARK }, { $set: { value: moved(source) } });
  return sum;
}

function settings({ connection }: EngineSet) {
  return connection.collection<Setting>('settings');
}

async function settle(engines: EngineSet, name: string, value: string): Promise<string> {
  const found = await settings(engines).findOne({ _id: name });
  if (!found) await settings(engines).insertOne({ _id: name, value });
  return found?.value ?? value;
}

async function dropIfThere({ connection }: EngineSet, name: string): Promise<void> {
  await connection.dropCollection(name).catch((error: { code?: number }) => {
    if (error.code !== NAMESPACE_NOT_FOUND) throw error;
  });
}

/** A target is empty, or the unfinished one of the same source: nothing else is written over. */
async function claimTarget(to: EngineSet, source: string): Promise<void> {
  const mark = await settings(to).findOne({ _id: MARK });
  if (mark?.value === source) {
    // The source may have gone on since: its documents are copied anew, and of the objects those that are missing.
    for (const name of COLLECTIONS) await dropIfThere(to, name);
    return;
  }
  if (mark?.value === moved(source)) {
    throw new StartError(`All of this was moved to ${to.name} before; what was done there since would be undone.`);
  }
  if (await to.connection.collection('requests').findOne({})) {
    throw new StartError(`There are requests in ${to.name} already: a migration needs an empty target.`);
  }
  await settings(to).updateOne({ _id: MARK }, { $set: { value: source } }, { upsert: true });
}
