import type { ImageId, RequestId } from '../../src/domain/ids.js';
import { createInProcessWorkQueue } from '../../src/messaging/in-process.js';
import { connectDatabase, type Database } from '../../src/models/database.js';
import { newRequest } from '../support/new-request.js';
import { type DenyingMongo, startDenyingMongo } from '../support/start-denying-mongo.js';
import { unread } from '../support/unread.js';
import { waitFor } from '../support/wait-for.js';

const ATLAS = { code: 8_000, codeName: 'AtlasError' };
const UNAUTHORIZED = { code: 13, codeName: 'Unauthorized', errmsg: 'not authorized on pixelpress to execute command' };
const FULL = { code: 14_031, codeName: 'OutOfDiskSpace', errmsg: 'there is no room' };
const BAD_AUTH = { ...ATLAS, errmsg: 'bad auth : authentication failed' };

let mongo: DenyingMongo;
let database: Database;
let requests = 0;
const newId = () => `r${requests++}` as RequestId;
const imageOf = (requestId: RequestId, seq: number) => ({
  _id: `${requestId}-${seq}` as ImageId,
  requestId,
  seq,
  sourceUrl: 'http://shop.example/a.jpg',
});

beforeAll(async () => {
  mongo = await startDenyingMongo();
  database = await connectDatabase(mongo.uri, { maxPoolSize: 4 });
  await database.indexesBuilt();
});
afterEach(() => mongo.refuse(null));
afterAll(async () => {
  await database.close();
  await mongo.close();
});

describe('what a database refuses', () => {
  it.each([
    [UNAUTHORIZED, 'denied'],
    [{ code: 18, codeName: 'AuthenticationFailed', errmsg: 'Authentication failed.' }, 'denied'],
    [BAD_AUTH, 'denied'],
    [{ ...ATLAS, errmsg: 'user is not allowed to do action [find] on [pixelpress.requests]' }, 'denied'],
    [{ ...ATLAS, errmsg: 'you are over your space quota, using 512 MB of 512 MB' }, 'full'],
    [FULL, 'full'],
    ['hang up' as const, 'unreachable'],
    [
      { code: 11_602, codeName: 'InterruptedDueToReplStateChange', errmsg: '', errorLabels: ['RetryableWriteError'] },
      'unreachable',
    ],
  ])('with %j passes, for one write as for writes together, and /readyz is told', async (refusal, outage) => {
    const id = newId();
    mongo.refuse(refusal);
    const told = { code: 'UNAVAILABLE', engine: 'database', outage };
    await expect(database.check()).rejects.toMatchObject(told);
    await expect(database.requests.findRequest(id)).rejects.toMatchObject(told);
    await expect(database.requests.createRequest(newRequest(id))).rejects.toMatchObject(told);
    await expect(database.images.insertMissing([imageOf(id, 0), imageOf(id, 1)])).rejects.toMatchObject(told);
    mongo.refuse(null);
    await database.check();
    await database.requests.createRequest(newRequest(id));
  });

  it.each([
    [{ ...ATLAS, errmsg: 'noTimeout cursors are disallowed in this atlas tier' }],
    [{ code: 59, codeName: 'CommandNotFound', errmsg: 'no such command' }],
  ])('with %j is a fault of ours', async (refusal) => {
    mongo.refuse(refusal);
    await expect(database.requests.findRequest(newId())).rejects.not.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('passes where a new connection is not let in', async () => {
    mongo.refuse(BAD_AUTH);
    mongo.disconnect();
    const told = { code: 'UNAVAILABLE', outage: 'denied' };
    await waitFor('the refusal', () =>
      database.check().then(
        () => false,
        (error) => error.outage === 'denied',
      ),
    );
    await expect(database.images.insertMissing([imageOf(newId(), 0)])).rejects.toMatchObject(told);
  });

  it('passes where some of the writes together are there already, and the others find no room', async () => {
    const id = newId();
    const isThere = { index: 0, code: 11_000, errmsg: 'duplicate key' };
    mongo.refuse({ ok: 1, n: 0, writeErrors: [isThere, { index: 1, ...FULL }] });
    const many = [0, 1].map((seq) => imageOf(id, seq));
    await expect(database.images.insertMissing(many)).rejects.toMatchObject({ code: 'UNAVAILABLE', outage: 'full' });
  });
});

describe('a message in hand while the database denies', () => {
  it('is not dead after its tries, and is done when the database permits it', async () => {
    const requestId = newId();
    await database.requests.createRequest(newRequest(requestId));
    const dead: unknown[] = [];
    let tries = 0;
    const seen: string[] = [];
    mongo.refuse(UNAUTHORIZED);
    const queue = createInProcessWorkQueue(unread);
    await queue.consume('requests', {
      concurrency: 1,
      onDead: async (_, error) => void dead.push(error),
      async handle() {
        tries++;
        seen.push((await database.requests.findRequest(requestId))?.status ?? 'none');
      },
    });
    await queue.publish('requests', [{ requestId }]);
    // One more than a message that fails is tried.
    await waitFor('its tries', () => tries > 3);
    expect(dead).toEqual([]);
    mongo.refuse(null);
    await waitFor('it to be done', () => seen.length > 0);
    expect(seen).toEqual(['PROCESSING']);
    await queue.close();
  });
});
