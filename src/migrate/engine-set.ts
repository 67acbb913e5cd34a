import { join } from 'node:path';
import mongoose, { type Connection } from 'mongoose';
import { checkDataVersion } from '../check-data-version.js';
import type { Config } from '../config.js';
import { StartError } from '../domain/errors.js';
import { lockDataDir } from '../lock-data-dir.js';
import { reachEngine } from '../reach-engine.js';
import type { ObjectStorage } from '../storage/object-storage.js';

/** Where a service keeps what it keeps: a database and the objects that it names. */
export interface EngineSet {
  /** As a person knows it. */
  name: string;
  connection: Connection;
  storage: ObjectStorage;
  close(): Promise<void>;
}

type Closable = { close(): Promise<void> };

/** The embedded engines, for this process alone. @throws StartError while a service has the directory */
export async function openEmbedded({ dataDir }: Pick<Config, 'dataDir'>): Promise<EngineSet> {
  const lock = await lockDataDir(dataDir);
  try {
    checkDataVersion(dataDir);
    const { startEmbeddedMongo } = await import('../embedded-mongo/server.js');
    const { createDiskStorage } = await import('../storage/disk.js');
    const server = await startEmbeddedMongo({ dataDir: join(dataDir, 'database') });
    return await open(dataDir, server.uri, createDiskStorage(join(dataDir, 'objects')), [server, lock]);
  } catch (error) {
    await lock.close();
    throw error;
  }
}

/** MongoDB and S3, as the environment names them. @throws StartError that names what is to be set */
export async function openEngines({ mongodbUri, s3 }: Pick<Config, 'mongodbUri' | 's3'>): Promise<EngineSet> {
  if (!mongodbUri) throw new StartError('MONGODB_URI must be set: it names the database of “engines”.');
  if (!s3) throw new StartError('AWS_BUCKET_NAME must be set: it names the bucket of “engines”.');
  const { createS3Storage } = await import('../storage/s3.js');
  return open(`MONGODB_URI and the bucket ${s3.bucket}`, mongodbUri, createS3Storage(s3), []);
}

/** @param under what is closed after the connection, in this order */
async function open(name: string, uri: string, storage: ObjectStorage, under: Closable[]): Promise<EngineSet> {
  const isOurs = under.length > 0;
  const connecting = mongoose.createConnection(uri, { writeConcern: { w: 'majority' } }).asPromise();
  const connection = await reachEngine('database', isOurs ? null : 'MONGODB_URI', connecting);
  await reachEngine('bucket', isOurs ? null : 'AWS_BUCKET_NAME', storage.check());
  return {
    name,
    connection,
    storage,
    async close() {
      await connection.close();
      await storage.close();
      for (const each of under) await each.close();
    },
  };
}
