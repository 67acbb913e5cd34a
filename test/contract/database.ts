import { randomUUID } from 'node:crypto';
import mongoose, { type Connection } from 'mongoose';

type Thing = { _id: string } & Record<string, unknown>;

/** What every MongoDB must do for the models: what the service's data path is made of, and no more. */
export function databaseContract(name: string, open: () => Promise<{ uri: string; close(): Promise<void> }>): void {
  describe(`database on ${name}`, () => {
    let connection: Connection;
    let close: () => Promise<void>;
    let names = 0;
    const collection = () => connection.collection<Thing>(`things${names++}`);
    const idsOf = (things: ReturnType<typeof collection>) => async (filter: object) =>
      (await things.find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);

    beforeAll(async () => {
      const opened = await open();
      close = opened.close;
      connection = await mongoose
        .createConnection(opened.uri, { dbName: `test-${randomUUID()}`, maxPoolSize: 50 })
        .asPromise();
    });
    afterAll(async () => {
      await connection.dropDatabase();
      await connection.close();
      await close();
    });

    it('a guarded update has one winner among two hundred at once', async () => {
      const things = collection();
      await things.insertOne({ _id: 'a', status: 'PENDING' });
      const claims = Array.from({ length: 200 }, (_, claim) =>
        things.findOneAndUpdate(
          { _id: 'a', status: 'PENDING' },
          { $set: { status: 'PROCESSING', claim } },
          { returnDocument: 'after' },
        ),
      );
      const won = (await Promise.all(claims)).filter(Boolean);
      expect(won).toHaveLength(1);
      expect(await things.findOne({ _id: 'a' })).toEqual(won[0]);
    });

    it('two hundred increments at once lose none', async () => {
      const things = collection();
      await things.insertOne({ _id: 'a', counts: { done: 0 } });
      await Promise.all(
        Array.from({ length: 200 }, () =>
          things.updateOne({ _id: 'a' }, { $inc: { 'counts.done': 1 }, $max: { top: 7 } } as object),
        ),
      );
      expect(await things.findOne({ _id: 'a' })).toEqual({ _id: 'a', counts: { done: 200 }, top: 7 });
    });

    it('an increment and a minimum begin at a path that is not there yet', async () => {
      const things = collection();
      await things.insertOne({ _id: 'a' });
      await Promise.all(
        [7, 3, 5].map((value) =>
          things.updateOne({ _id: 'a' }, { $inc: { 'seen.sum': value }, $min: { 'seen.least': value } } as object),
        ),
      );
      expect(await things.findOne({ _id: 'a' })).toEqual({ _id: 'a', seen: { sum: 15, least: 3 } });
    });

    it('a unique index has one winner among fifty inserts at once, and names the key to the others', async () => {
      const things = collection();
      await things.createIndex({ owner: 1, key: 1 }, { unique: true });
      const inserts = Array.from({ length: 50 }, (_, index) =>
        things.insertOne({ _id: `${index}`, owner: 'o', key: 'k' }),
      );
      const results = await Promise.allSettled(inserts);
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
      expect(new Set(refused)).toEqual(new Set([11_000]));
    });

    it('an unordered insert of many inserts what is missing, and tells the duplicates', async () => {
      const things = collection();
      await things.insertOne({ _id: '3', first: true });
      const many = Array.from({ length: 1_000 }, (_, index) => ({ _id: String(index) }));
      const error = await things.insertMany(many, { ordered: false }).catch((failure) => failure);
      expect(error.code).toBe(11_000);
      expect(await things.countDocuments({})).toBe(1_000);
      expect(await things.findOne({ _id: '3' })).toEqual({ _id: '3', first: true });
    });

    it('an unordered bulk of updates makes those that match, and says how many', async () => {
      const things = collection();
      await things.insertMany(
        Array.from({ length: 20 }, (_, at) => ({ _id: `${at}`, holder: at % 2 ? 'us' : 'them' })),
      );
      const writes = Array.from({ length: 20 }, (_, at) => ({
        updateOne: { filter: { _id: `${at}`, holder: 'us' }, update: { $set: { done: true } } },
      }));
      expect((await things.bulkWrite(writes, { ordered: false })).modifiedCount).toBe(10);
      expect(await things.countDocuments({ holder: 'us', done: true })).toBe(10);
      expect(await things.countDocuments({ done: true })).toBe(10);
    });

    it('an update of a path and of what is within it is refused, and changes nothing', async () => {
      const things = collection();
      await things.insertOne({ _id: 'a', seen: { sum: 1 } });
      const change = { $set: { seen: { sum: 5 } }, $inc: { 'seen.sum': 1 } };
      await expect(things.updateOne({ _id: 'a' }, change as object)).rejects.toThrow();
      expect(await things.findOne({ _id: 'a' })).toEqual({ _id: 'a', seen: { sum: 1 } });
    });

    it('an upsert sets $setOnInsert on insert alone', async () => {
      const things = collection();
      const upsert = () =>
        things.findOneAndUpdate({ _id: 'a', kind: 'x' }, { $inc: { n: 1 }, $setOnInsert: { born: 1 } } as object, {
          upsert: true,
          returnDocument: 'after',
        });
      expect(await upsert()).toEqual({ _id: 'a', kind: 'x', n: 1, born: 1 });
      await things.updateOne({ _id: 'a' }, { $set: { born: 2 } });
      expect(await upsert()).toEqual({ _id: 'a', kind: 'x', n: 2, born: 2 });
    });

    it('filters, sorts and pages by an index, forward and back', async () => {
      const things = collection();
      await things.createIndex({ request: 1, status: 1, seq: 1 });
      const many = Array.from({ length: 1_000 }, (_, seq) => ({
        _id: `i${seq}`,
        request: seq % 2,
        status: seq % 3 ? 'PENDING' : 'DONE',
        seq,
      }));
      await things.insertMany(many);
      const expected = many.filter(
        (each) => each.request === 1 && each.status === 'PENDING' && each.seq >= 100 && each.seq < 400,
      );
      const filter = { request: 1, status: 'PENDING', seq: { $gte: 100, $lt: 400 } };
      expect(await things.find(filter).sort({ seq: 1 }).batchSize(7).toArray()).toEqual(expected);
      expect(await things.find(filter).sort({ seq: -1 }).limit(5).toArray()).toEqual(
        [...expected].reverse().slice(0, 5),
      );
      expect(await things.find(filter).sort({ seq: 1 }).skip(10).limit(5).toArray()).toEqual(expected.slice(10, 15));
      const all = many.filter((each) => each.request === 1 && each.status === 'PENDING');
      const allOf = { request: 1, status: 'PENDING' };
      expect(await things.find(allOf).sort({ seq: 1 }).skip(300).toArray()).toEqual(all.slice(300));
      expect(await things.find(allOf).sort({ seq: -1 }).skip(300).toArray()).toEqual([...all].reverse().slice(300));
      expect(await things.find(allOf).sort({ seq: 1 }).skip(all.length).toArray()).toEqual([]);
      const either = { request: 1, status: { $in: ['PENDING', 'DONE'] } };
      expect(await things.find(either).skip(100).toArray()).toHaveLength(400);
      expect(await things.countDocuments(filter)).toBe(expected.length);
    });

    it('counts by an index that does not change while the documents do', async () => {
      const things = collection();
      await things.createIndex({ request: 1, status: 1, seq: 1 });
      await things.createIndex({ request: 1, seq: 1 });
      const COUNT = 1_000;
      await things.insertMany(
        Array.from({ length: COUNT }, (_, seq) => ({ _id: `i${seq}`, request: 1, status: 'PENDING', seq })),
      );
      let moving = true;
      const move = async () => {
        for (let seq = 0; seq < COUNT && moving; seq++) {
          await things.updateOne({ _id: `i${seq}` }, { $set: { status: 'PROCESSING' } });
          await things.updateOne({ _id: `i${seq}` }, { $set: { status: 'FAILED' } });
        }
      };
      const moved = Promise.all([move(), move()]);
      for (let look = 0; look < 20; look++) {
        expect(await things.countDocuments({ request: 1, seq: { $gte: 0 } })).toBe(COUNT);
      }
      moving = false;
      await moved;
    });

    it('knows $or, $in, $ne, $exists, null for missing, and dotted paths', async () => {
      const things = collection();
      await things.insertMany([
        { _id: 'a', at: null, sub: { n: 1 } },
        { _id: 'b', sub: { n: 2 } },
        { _id: 'c', at: new Date(5), sub: { n: 3 } },
      ]);
      const ids = idsOf(things);
      expect(await ids({ at: null })).toEqual(['a', 'b']);
      expect(await ids({ at: { $gt: new Date(0) } })).toEqual(['c']);
      expect(await ids({ 'sub.n': { $in: [1, 3] } })).toEqual(['a', 'c']);
      expect(await ids({ $or: [{ 'sub.n': 2 }, { at: new Date(5) }] })).toEqual(['b', 'c']);
      expect(await ids({ at: { $exists: true }, _id: { $ne: 'c' } })).toEqual(['a']);
    });

    it('knows $in among texts: of a text, of a list, behind a list, and of nothing', async () => {
      const things = collection();
      await things.insertMany([
        { _id: 'a', tags: 'red' },
        { _id: 'b', tags: ['blue', 'red'] },
        { _id: 'c', parts: [{ tag: 'blue' }, { tag: 'red' }] },
        { _id: 'd', tags: null },
        { _id: 'e', tags: 'green' },
      ]);
      const ids = idsOf(things);
      expect(await ids({ tags: { $in: ['red', 'black'] } })).toEqual(['a', 'b']);
      expect(await ids({ 'parts.tag': { $in: ['red'] } })).toEqual(['c']);
      expect(await ids({ tags: { $in: ['green', null] } })).toEqual(['c', 'd', 'e']);
      expect(await ids({ tags: { $in: [] } })).toEqual([]);
      expect(await ids({ _id: { $in: ['a', 'e', 'z'] }, tags: 'green' })).toEqual(['e']);
    });

    it('groups and sums', async () => {
      const things = collection();
      await things.insertMany(
        Array.from({ length: 30 }, (_, n) => ({ _id: `${n}`, status: n % 3 ? 'A' : 'B', size: { bytes: n } })),
      );
      const sums = async (term: 1 | string) => {
        const pipeline = [{ $match: {} }, { $group: { _id: '$status', sum: { $sum: term } } }, { $sort: { _id: 1 } }];
        return (await things.aggregate(pipeline).toArray()).map(({ _id, sum }) => [_id, sum]);
      };
      expect(await sums(1)).toEqual([
        ['A', 20],
        ['B', 10],
      ]);
      expect(await sums('$size.bytes')).toEqual([
        ['A', 300],
        ['B', 135],
      ]);
    });

    it('groups by a number that some documents lack', async () => {
      const things = collection();
      await things.insertMany([
        { _id: 'a', score: 800 },
        { _id: 'b' },
        { _id: 'c', score: 800 },
        { _id: 'd', score: 1000 },
      ]);
      const groups = await things
        .aggregate([{ $match: {} }, { $group: { _id: '$score', sum: { $sum: 1 } } }])
        .toArray();
      const found = new Map(groups.map(({ _id, sum }) => [_id, sum]));
      expect([found.get(800), found.get(1000), found.get(null)]).toEqual([2, 1, 1]);
    });

    it('changes and removes many at once', async () => {
      const things = collection();
      await things.createIndex({ status: 1 });
      await things.insertMany(
        Array.from({ length: 700 }, (_, n) => ({ _id: `${n}`, status: n < 300 ? 'PENDING' : 'DONE' })),
      );
      expect((await things.updateMany({ status: 'PENDING' }, { $set: { status: 'CANCELLED' } })).modifiedCount).toBe(
        300,
      );
      expect(await things.countDocuments({ status: 'CANCELLED' })).toBe(300);
      expect((await things.deleteMany({ status: 'DONE' })).deletedCount).toBe(400);
      expect(await things.countDocuments({})).toBe(300);
    });

    it('keeps values as they are: dates, numbers, texts, nested documents and arrays', async () => {
      const things = collection();
      const document = {
        _id: 'a',
        int: 1,
        big: 2 ** 53 - 1,
        float: 1.5,
        at: new Date(1_700_000_000_123),
        text: 'ä\u0000ö𝄞',
        list: [1, 'x', { y: null }],
        none: null,
        yes: true,
      };
      await things.insertOne(document);
      expect(await things.findOne({ _id: 'a' })).toEqual(document);
    });
  });
}
