import { openMongo } from '../support/open-mongo.js';
import { databaseContract } from './database.js';

const uri = process.env['MONGODB_URI'];

if (uri) databaseContract('the server of MONGODB_URI', () => openMongo(uri));
// A file without a test counts as failed; the contract itself needs a server to run on.
else it('the database contract runs on a real server where MONGODB_URI names one', () => expect(uri).toBeUndefined());
