import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { ImageId, ProductId, RequestId } from '../../src/domain/ids.js';
import { startEmbeddedMongo } from '../../src/embedded-mongo/server.js';
import { connectDatabase, type Database } from '../../src/models/database.js';
import { inputCsvKey, OWNER_KEY, requestPrefix } from '../../src/storage/keys.js';
import type { ObjectStorage } from '../../src/storage/object-storage.js';
import { createAdvanceRequest } from '../../src/workers/advance-request.js';
import { createExpireRequests } from '../../src/workers/expire-requests.js';
import { createPurgeDeleted } from '../../src/workers/purge-deleted.js';
import { createPurgeRequest } from '../../src/workers/purge-request.js';
import { createSweepStorage } from '../../src/workers/sweep-storage.js';
import { collect } from '../support/collect.js';
import { newRequest } from '../support/new-request.js';
import { unread } from '../support/unread.js';
import { waitFor } from '../support/wait-for.js';

const log = pino({ level: 'silent' });
const newId = () => randomUUID() as RequestId;
const DAY_MS = 86_400_000;

/** What removal must do on every object store. @param open an empty one */
export function removalContract(name: string, open: () => { storage: ObjectStorage; close(): Promise<void> }): void {
  describe(`what is removed, on ${name}`, () => {
    let server: Awaited<ReturnType<typeof startEmbeddedMongo>>;
    let database: Database;
    let dataDir: string;
    let storage: ObjectStorage;
    let close: () => Promise<void>;

    beforeAll(async () => {
      dataDir = mkdtempSync(join(tmpdir(), 'pixelpress-removal-'));
      server = await startEmbeddedMongo({ dataDir });
      database = await connectDatabase(server.uri, { maxPoolSize: 4 });
      await database.indexesBuilt();
    });
    beforeEach(() => {
      ({ storage, close } = open());
    });
    afterEach(async () => {
      for (const prefix of ['uploads/', 'requests/']) {
        for await (const page of storage.list(prefix)) await storage.delete(page.map(({ key }) => key));
      }
      await storage.delete([OWNER_KEY]);
      await close();
    });
    afterAll(async () => {
      await database.close();
      await server.close();
      rmSync(dataDir, { recursive: true, force: true });
    });

    const keys = async () =>
      [...(await collect(storage.list('uploads/'))), ...(await collect(storage.list('requests/')))]
        .flat()
        .map(({ key }) => key)
        .sort();
    /** A request with three images, a product, and their objects. */
    const make = async (more: Parameters<typeof newRequest>[1]) => {
      const id = newId();
      await database.requests.createRequest(newRequest(id, more));
      const images = [0, 1, 2].map((seq) => `${id}.i${String(seq).padStart(32, '0')}` as ImageId);
      await database.images.insertMissing(
        images.map((_id, seq) => ({ _id, requestId: id, seq, sourceUrl: `http://x/${seq}` })),
      );
      const product = { _id: `${id}.r1` as ProductId, requestId: id, row: 1, serialNumber: '1', name: 'n' };
      await database.products.insertMissing([{ ...product, imageIds: images }]);
      await database.skippedRows.keep(id, []);
      await database.fileWarnings.keep(id, []);
      const names = [inputCsvKey(id), `${requestPrefix(id)}output-1.csv`];
      for (const image of images) names.push(`${requestPrefix(id)}${image.slice(id.length + 1)}/original-a.jpg`);
      for (const key of names) await storage.put(key, Buffer.from('x'));
      return { id, images, names };
    };
    const isWhole = async ({ id, names }: Awaited<ReturnType<typeof make>>) => {
      const objects = await keys();
      expect(names.filter((key) => !objects.includes(key))).toEqual([]);
      expect(await database.images.count(id, null)).toBe(3);
      expect(await database.requests.findRequest(id)).not.toBeNull();
    };
    const isGone = async ({ id, names }: Awaited<ReturnType<typeof make>>) => {
      const objects = await keys();
      expect(names.filter((key) => objects.includes(key))).toEqual([]);
      expect(await database.images.count(id, null)).toBe(0);
      expect(await database.products.count(id)).toBe(0);
      expect(await database.requests.findRequest(id)).toBeNull();
    };
    const removal = (over: ObjectStorage, keepDocumentMs: number, retentionMs: number | null = null) => {
      const published: object[] = [];
      const deps = {
        database,
        storage: over,
        log,
        keepDocumentMs,
        retentionMs,
        alone: true,
        queue: { publish: async (_: string, messages: object[]) => void published.push(...messages) },
        progress: { report: () => undefined },
        // Of the queue and the progress only what expiry calls.
      } as unknown as Parameters<typeof createExpireRequests>[0] & Parameters<typeof createPurgeRequest>[0];
      const purgeRequest = createPurgeRequest(deps);
      const { signal } = new AbortController();
      const expire = createExpireRequests({ ...deps, purgeRequest });
      const purge = createPurgeDeleted({ ...deps, purgeRequest, alone: true });
      /** A message about a request. @param expand what writing its images does meanwhile */
      const advance = (requestId: RequestId, expand: () => Promise<void> = async () => undefined) => {
        const steps = { expandRequest: expand, cancelImages: expand, reopenImages: expand };
        return createAdvanceRequest({ ...deps, ...steps, ...unread, purgeRequest })({ requestId }, signal);
      };
      return { published, expire: () => expire(signal), purgeDeleted: () => purge(signal), advance };
    };
    const end = async (id: RequestId) => {
      const seen = await database.requests.findRequest(id);
      if (!seen) throw new Error('no request');
      const cancelled = { status: 'CANCELLED', outputKey: null, error: null, sweepAt: new Date() } as const;
      await database.requests.finishRequest(seen, cancelled);
    };
    const deleteOpen = async (id: RequestId) => {
      await database.requests.cancelRequest(id);
      await end(id);
      await database.requests.markDeleted(id);
    };
    const sweep = () => createSweepStorage({ database, storage, log, uploadTimeoutMs: 0, alone: true })();

    it('requests go so many days after their end, with all that is theirs; others stay', async () => {
      const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
      const old = await make({ status: 'COMPLETED', finishedAt: ago(31) });
      const older = await make({ status: 'FAILED', finishedAt: ago(400) });
      const young = await make({ status: 'COMPLETED', finishedAt: ago(29) });
      const working = await make({ createdAt: ago(500) });
      await removal(storage, 0).expire();
      for (const each of [old, older, young, working]) await isWhole(each);
      await removal(storage, DAY_MS, 30 * DAY_MS).expire();
      for (const each of [old, older]) await isGone(each);
      for (const each of [young, working]) await isWhole(each);
    });

    it('a request goes at the moment that its client asked for; one at work is cancelled before', async () => {
      const past = new Date(Date.now() - 1);
      const ended = await make({ status: 'COMPLETED', finishedAt: past, expiresAt: past });
      const later = await make({ status: 'COMPLETED', finishedAt: past, expiresAt: new Date(Date.now() + DAY_MS) });
      const working = await make({ expiresAt: past });
      const { expire, published } = removal(storage, DAY_MS);
      await expire();
      await isGone(ended);
      for (const each of [later, working]) await isWhole(each);
      expect((await database.requests.findRequest(working.id))?.status).toBe('CANCELLING');
      expect(published).toEqual([{ requestId: working.id }]);
    });

    it('a removal that was broken off goes on, till nothing is left', async () => {
      const request = await make({ status: 'COMPLETED', expiresAt: new Date(Date.now() - 1) });
      const dying: ObjectStorage = { ...storage, delete: () => Promise.reject(new Error('killed')) };
      await expect(removal(dying, 0).expire()).rejects.toThrow('killed');
      // For clients it went first.
      expect(await database.requests.findRequest(request.id)).toBeNull();
      expect(await keys()).not.toEqual([]);
      await removal(storage, DAY_MS).purgeDeleted();
      await isGone(request);
      expect(await database.requests.findExisting([request.id])).toEqual(new Set([request.id]));
      // What a worker stored that held one of its images goes with the document.
      await storage.put(`${requestPrefix(request.id)}late/original-b.jpg`, Buffer.from('x'));
      await waitFor('the document to go', async () => {
        await removal(storage, 0).purgeDeleted();
        return (await database.requests.findExisting([request.id])).size === 0;
      });
      expect(await keys()).toEqual([]);
      expect(await database.skippedRows.find(request.id)).toEqual([]);
    });

    it('a message removes the parts of a request that was deleted, and nothing of one that is not in this database', async () => {
      const { advance } = removal(storage, DAY_MS);
      const deleted = await make({ status: 'COMPLETED' });
      await database.requests.markDeleted(deleted.id);
      await advance(deleted.id);
      await isGone(deleted);
      const id = newId();
      const foreign = [inputCsvKey(id), `${requestPrefix(id)}i0-original-a-b.jpg`];
      for (const key of foreign) await storage.put(key, Buffer.from('x'));
      await advance(id);
      expect(await keys()).toEqual(foreign.toSorted());
    });

    it('what an expansion writes after its request was deleted goes with it', async () => {
      const { advance } = removal(storage, 0);
      const request = await make({ status: 'PROCESSING' });
      await advance(request.id, async () => {
        await deleteOpen(request.id);
        await waitFor('its document to go', async () => {
          await removal(storage, 0).purgeDeleted();
          return (await database.requests.findExisting([request.id])).size === 0;
        });
        const late = `${request.id}.i${'f'.repeat(32)}` as ImageId;
        await database.images.insertMissing([{ _id: late, requestId: request.id, seq: 3, sourceUrl: 'http://x/3' }]);
      });
      await isGone(request);
    });

    it('what an expansion writes whose request is gone from the database goes; objects are left to the sweep', async () => {
      const { advance } = removal(storage, 0);
      const request = await make({ status: 'PROCESSING' });
      await advance(request.id, async () => {
        await deleteOpen(request.id);
        await database.requests.removeDeleted(request.id, new Date(Date.now() + DAY_MS));
      });
      expect(await database.images.count(request.id, null)).toBe(0);
      expect(await database.products.count(request.id)).toBe(0);
      expect(await keys()).toEqual(request.names.toSorted());
    });

    it('a request that was opened again since it was found stays', async () => {
      const request = await make({ status: 'COMPLETED', expiresAt: null });
      const seen = await database.requests.findRequest(request.id);
      if (!seen) throw new Error('no request');
      expect(await database.requests.expireRequest({ ...seen, revision: seen.revision - 1 })).toBeNull();
      await isWhole(request);
    });

    it('objects and uploads of no request go; those of a request, even of a deleted one, stay', async () => {
      const kept = await make({});
      const deleted = await make({ status: 'COMPLETED' });
      await database.requests.markDeleted(deleted.id);
      await sweep();
      const strays = [inputCsvKey(newId()), `${requestPrefix(newId())}i0/original-a.jpg`, 'uploads/half.csv'];
      for (const key of strays) await storage.put(key, Buffer.from('x'));
      await createSweepStorage({ database, storage, log, uploadTimeoutMs: 60_000, alone: true })();
      expect(await keys()).toEqual(expect.arrayContaining(strays));
      await waitFor('the strays to go', async () => {
        await sweep();
        return !(await keys()).some((key) => strays.includes(key));
      });
      expect(await keys()).toEqual([...kept.names, ...deleted.names].sort());
    });

    it('nothing is swept from a store that another database has marked, or whose requests this one has lost', async () => {
      const stray = `${requestPrefix(newId())}i0/original-a.jpg`;
      await storage.put(stray, Buffer.from('x'));
      await sweep();
      expect(await keys()).toEqual([stray]);
      expect(await storage.head(OWNER_KEY)).toBeNull();
      await storage.put(OWNER_KEY, Buffer.from('another'));
      await make({});
      await sweep();
      expect(await keys()).toContain(stray);
    });
  });
}
