import { buffer } from 'node:stream/consumers';
import { ObjectNotFoundError, type ObjectStorage } from '../../src/storage/object-storage.js';
import { collect } from '../support/collect.js';

/** What every object store must do. */
export function storageContract(
  name: string,
  open: () => Promise<{ storage: ObjectStorage; close(): Promise<void> }>,
): void {
  describe(`object storage on ${name}`, () => {
    let storage: ObjectStorage;
    let close: () => Promise<void>;
    const prefix = `requests/${crypto.randomUUID()}/`;

    beforeAll(async () => {
      ({ storage, close } = await open());
    });
    afterAll(async () => {
      for await (const page of storage.list(prefix)) await storage.delete(page.map(({ key }) => key));
      await close();
    });

    it('gives back what was put, whole and in part', async () => {
      const bytes = Buffer.from('the bytes of an image');
      expect(await storage.put(`${prefix}a/whole.jpg`, bytes)).toEqual({ bytes: bytes.length });
      expect(await buffer((await storage.get(`${prefix}a/whole.jpg`)).body)).toEqual(bytes);
      const part = await storage.get(`${prefix}a/whole.jpg`, { start: 4, end: 8 });
      expect((await buffer(part.body)).toString()).toBe('bytes');
      expect((await storage.head(`${prefix}a/whole.jpg`))?.bytes).toBe(bytes.length);
    });

    it('takes a stream of unknown length', async () => {
      async function* chunks() {
        for (let index = 0; index < 10; index++) yield Buffer.alloc(100_000, index);
      }
      expect(await storage.put(`${prefix}stream.csv`, chunks())).toEqual({ bytes: 1_000_000 });
      expect((await storage.head(`${prefix}stream.csv`))?.bytes).toBe(1_000_000);
    });

    it('keeps nothing of a stream that fails', async () => {
      async function* broken() {
        yield Buffer.from('half');
        throw new Error('the client went away');
      }
      await expect(storage.put(`${prefix}broken.csv`, broken())).rejects.toThrow('the client went away');
      expect(await storage.head(`${prefix}broken.csv`)).toBeNull();
    });

    it('replaces an object as a whole', async () => {
      await storage.put(`${prefix}twice.csv`, Buffer.from('a longer first text'));
      await storage.put(`${prefix}twice.csv`, Buffer.from('second'));
      expect((await buffer((await storage.get(`${prefix}twice.csv`)).body)).toString()).toBe('second');
    });

    it('says that an object is not there', async () => {
      await expect(storage.get(`${prefix}none.jpg`)).rejects.toThrow(ObjectNotFoundError);
      expect(await storage.head(`${prefix}none.jpg`)).toBeNull();
      await storage.delete([`${prefix}none.jpg`]);
    });

    it('lists and deletes what stands under a prefix, and nothing else', async () => {
      const keys = Array.from({ length: 30 }, (_, index) => `${prefix}list/i${index}/x.jpg`);
      await Promise.all(keys.map((key) => storage.put(key, Buffer.from('x'))));
      const listed: string[] = [];
      for await (const page of storage.list(`${prefix}list/`)) listed.push(...page.map(({ key }) => key));
      expect(listed.sort()).toEqual([...keys].sort());
      await storage.delete(listed);
      for await (const page of storage.list(`${prefix}list/`)) expect(page).toEqual([]);
      expect(await storage.head(`${prefix}twice.csv`)).not.toBeNull();
    });

    it('tells the folders of a prefix, and none within them', async () => {
      const keys = ['a/one.jpg', 'a/deep/two.jpg', 'b/three.jpg', 'four.csv'].map((key) => `${prefix}folders/${key}`);
      for (const key of keys) await storage.put(key, Buffer.from('x'));
      const folders = (await collect(storage.folders(`${prefix}folders/`))).flat();
      expect(folders.sort()).toEqual([`${prefix}folders/a/`, `${prefix}folders/b/`]);
      expect(await collect(storage.folders(`${prefix}none/`))).toEqual([]);
    });

    it('removes nothing that was finished with what was not', async () => {
      await storage.put(`${prefix}finished.csv`, Buffer.from('x'));
      await storage.removeUnfinished(new Date(Date.now() + 60_000));
      expect(await storage.head(`${prefix}finished.csv`)).not.toBeNull();
    });
  });
}
