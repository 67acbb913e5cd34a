import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { startEmbeddedMongo } from '../../src/embedded-mongo/server.js';
import { databaseContract } from './database.js';
import { transitionsContract } from './transitions.js';

async function open() {
  const dataDir = mkdtempSync(join(tmpdir(), 'pixelpress-mongo-'));
  const server = await startEmbeddedMongo({ dataDir });
  const close = async () => {
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { dataDir, server, uri: server.uri, close };
}

databaseContract('the embedded server', open);
transitionsContract('the embedded server', open);

describe('the embedded server', () => {
  it('answers a command that it does not know with CommandNotFound', async () => {
    const { uri, close } = await open();
    const connection = await mongoose.createConnection(uri).asPromise();
    await expect(connection.db?.command({ mapReduce: 'x' })).rejects.toMatchObject({
      code: 59,
      codeName: 'CommandNotFound',
    });
    await connection.close();
    await close();
  });

  it('does what others of its protocol do not all do: several sums at once, slices of arrays, a unique key in an update', async () => {
    const { uri, close } = await open();
    const connection = await mongoose.createConnection(uri).asPromise();
    const things = connection.collection<{ _id: string; [field: string]: unknown }>('things');
    await things.insertMany([
      { _id: 'a', size: 2, list: [1, 'x', { y: null }] },
      { _id: 'b', size: 3 },
    ]);
    const sums = { $group: { _id: null, n: { $sum: 1 }, bytes: { $sum: '$size' } } };
    expect(await things.aggregate([sums]).toArray()).toEqual([{ _id: null, n: 2, bytes: 5 }]);
    await things.updateOne({ _id: 'a' }, {
      $push: { list: { $each: [2, 3], $slice: -3 } },
      $unset: { size: '' },
    } as object);
    expect(await things.findOne({ _id: 'a' })).toEqual({ _id: 'a', list: [{ y: null }, 2, 3] });
    await things.createIndex({ owner: 1, key: 1 }, { unique: true });
    await things.updateOne({ _id: 'a' }, { $set: { owner: 'o', key: 'k' } });
    const second = things.updateOne({ _id: 'b' }, { $set: { owner: 'o', key: 'k' } });
    await expect(second).rejects.toMatchObject({ code: 11_000 });
    await connection.close();
    await close();
  });

  it('goes on with a cursor over any connection: drivers ask for more over whichever is free', async () => {
    const { uri, close } = await open();
    const [one, other] = await Promise.all([uri, uri].map((each) => mongoose.createConnection(each).asPromise()));
    await one?.collection<{ _id: string }>('ours').insertMany(['a', 'b', 'c'].map((_id) => ({ _id })));
    await one?.collection<{ _id: string }>('others').insertMany(['x', 'y', 'z'].map((_id) => ({ _id })));
    const begin = (connection: typeof one, find: string) => connection?.db?.command({ find, batchSize: 1 });
    const [ours, others] = [await begin(one, 'ours'), await begin(other, 'others')];
    const rest = await other?.db?.command({
      getMore: mongoose.mongo.Long.fromValue(ours?.['cursor'].id),
      collection: 'ours',
    });
    expect(rest?.['cursor'].nextBatch).toEqual([{ _id: 'b' }, { _id: 'c' }]);
    await other?.close();
    const gone = await one?.db?.command({
      getMore: mongoose.mongo.Long.fromValue(others?.['cursor'].id),
      collection: 'others',
    });
    expect(gone?.['cursor'].nextBatch).toEqual([{ _id: 'y' }, { _id: 'z' }]);
    await one?.close();
    await close();
  });

  it('reads as many documents among 20,000 as among 200: the ones that are asked for', async () => {
    const { uri, server, close } = await open();
    const connection = await mongoose.createConnection(uri).asPromise();
    for (const size of [200, 20_000]) {
      const images = connection.collection<{ _id: string; [field: string]: unknown }>(`images${size}`);
      await images.createIndex({ requestId: 1, status: 1, seq: 1 });
      await images.createIndex({ owner: 1, createdAt: -1, _id: -1 });
      const many = Array.from({ length: size }, (_, seq) => ({
        _id: `i${seq}`,
        requestId: 'r',
        owner: 'o',
        status: 'PENDING',
        seq,
        createdAt: new Date(seq),
      }));
      await images.insertMany(many);
      const scannedBy = async (query: () => Promise<unknown>) => {
        const before = server.stats().documentsScanned;
        await query();
        return server.stats().documentsScanned - before;
      };
      expect(
        await scannedBy(() =>
          images.findOneAndUpdate(
            { _id: 'i77', $or: [{ status: 'PENDING' }, { status: 'X' }] },
            { $set: { status: 'PROCESSING' } },
          ),
        ),
      ).toBe(1);
      const window = { requestId: 'r', status: 'PENDING', seq: { $gte: 100, $lt: 200 }, notBefore: null };
      expect(await scannedBy(() => images.find(window).sort({ seq: 1 }).limit(16).toArray())).toBeLessThanOrEqual(17);
      expect(
        await scannedBy(() => images.find({ owner: 'o' }).sort({ createdAt: -1, _id: -1 }).limit(20).toArray()),
      ).toBeLessThanOrEqual(21);
      expect(await scannedBy(() => images.countDocuments({ requestId: 'r', status: 'PENDING' }))).toBe(0);
    }
    await connection.close();
    await close();
  });

  it('holds what it acknowledged after kill -9', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'pixelpress-mongo-'));
    const script = `
      import { startEmbeddedMongo } from './dist/embedded-mongo/server.js';
      import mongoose from 'mongoose';
      const { uri } = await startEmbeddedMongo({ dataDir: process.argv[1] });
      const { db } = await mongoose.createConnection(uri).asPromise();
      for (let n = 0; ; n++) { await db.collection('c').insertOne({ _id: n }); console.log(n); }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // Its output taken away, it may end before it is killed.
    const exited = once(child, 'exit');
    let acknowledged = -1;
    for await (const chunk of child.stdout) {
      acknowledged = Math.max(acknowledged, ...String(chunk).trim().split('\n').slice(0, -1).map(Number));
      if (acknowledged > 200) break;
    }
    child.kill('SIGKILL');
    await exited;
    const server = await startEmbeddedMongo({ dataDir });
    const connection = await mongoose.createConnection(server.uri).asPromise();
    expect(await connection.collection('c').countDocuments({ _id: { $lte: acknowledged } } as object)).toBe(
      acknowledged + 1,
    );
    await connection.close();
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('closes a connection that sends what is no message, and goes on with the others', async () => {
    const { server, uri, close } = await open();
    const path = decodeURIComponent(/\/\/([^/]+)\//.exec(uri)?.[1] ?? '');
    for (const bytes of [
      'ffffff7f',
      '15000000aaaaaaaa00000000dd0700000000000009ffffffff',
      '1500000001000000000000000100000000000000ff',
    ]) {
      const socket = connect(path);
      socket.on('error', () => undefined);
      socket.write(Buffer.from(bytes, 'hex'));
      await once(socket, 'close');
    }
    const connection = await mongoose.createConnection(server.uri).asPromise();
    expect(await connection.db?.command({ ping: 1 })).toMatchObject({ ok: 1 });
    await connection.close();
    await close();
  });

  it('orders values of all types in an index as MongoDB does', async () => {
    const { uri, close } = await open();
    const connection = await mongoose.createConnection(uri).asPromise();
    const things = connection.collection<{ _id: number; v: unknown }>('c');
    const ordered = [
      null,
      -1e9,
      -1.5,
      -1,
      0,
      0.5,
      1,
      2,
      1e9,
      '',
      'a',
      'a\u0000b',
      'aa',
      'b',
      'é',
      false,
      true,
      new Date(-5),
      new Date(0),
      new Date(9e12),
    ];
    await things.insertMany(ordered.map((v, _id) => ({ _id, v })).reverse());
    for (const direction of [1, -1] as const) {
      await things.createIndex({ v: direction });
      for (const sort of [1, -1] as const) {
        const values = (await things.find({}).sort({ v: sort }).toArray()).map(({ v }) => v);
        expect(values).toEqual(sort === 1 ? ordered : [...ordered].reverse());
      }
      expect(await things.countDocuments({ v: { $gt: -1, $lte: 1 } })).toBe(3);
      expect(await things.countDocuments({ v: { $gte: 'a', $lt: 'b' } })).toBe(3);
      await things.dropIndex(`v_${direction}`);
    }
    await connection.close();
    await close();
  });
});
