import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { openMongo } from '../support/open-mongo.js';
import { databaseContract } from './database.js';
import { transitionsContract } from './transitions.js';

const server = process.env['MONGODB_URI'];

/** A database of its own, which goes afterwards. */
async function openEmpty(uri: string) {
  const opened = await openMongo(uri);
  const target = new URL(opened.uri);
  target.pathname = `/test-${randomUUID()}`;
  const close = async () => {
    const connection = await mongoose.createConnection(target.href).asPromise();
    await connection.dropDatabase();
    await connection.close();
    await opened.close();
  };
  return { uri: target.href, close };
}

if (server) {
  databaseContract('the server of MONGODB_URI', () => openMongo(server));
  transitionsContract('the server of MONGODB_URI', () => openEmpty(server));
}
// A file without a test counts as failed; the contracts themselves need a server to run on.
else
  it('the database contracts run on a real server where MONGODB_URI names one', () => expect(server).toBeUndefined());
