import mongoose from 'mongoose';
import { startOneAtATime } from './one-at-a-time.js';

/**
 * A MongoDB to test on. FerretDB 1 on SQLite reads and writes an update in two steps that others come between: of 200
 * increments at once it keeps some ten, and a compare-and-set has several winners. It is put behind a door that lets
 * one command in at a time; then it does to a document what MongoDB does.
 */
export async function openMongo(uri: string): Promise<{ uri: string; close(): Promise<void> }> {
  const connection = await mongoose.createConnection(uri).asPromise();
  const info = await connection.db?.command({ buildInfo: 1 });
  await connection.close();
  if (!info || !Object.keys(info).some((key) => key.startsWith('ferretdb')))
    return { uri, close: async () => undefined };
  const target = new URL(uri);
  const door = await startOneAtATime(target.hostname, Number(target.port));
  target.host = `127.0.0.1:${door.port}`;
  return { uri: target.href, close: door.close };
}
