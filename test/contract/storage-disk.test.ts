import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { type FileHandle, open as openFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiskStorage } from '../../src/storage/disk.js';
import { collect } from '../support/collect.js';
import { storageContract } from './storage.js';

const open = () => {
  const folder = mkdtempSync(join(tmpdir(), 'pixelpress-storage-'));
  return { folder, storage: createDiskStorage(folder), remove: () => rmSync(folder, { recursive: true, force: true }) };
};

/** Which files and folders `work` fsyncs, by their inodes, and whether there is a file at this path by then. */
async function noteSyncs(work: () => Promise<void>, path: string) {
  const synced: { ino: number; isThere: boolean }[] = [];
  const some = await openFile(tmpdir());
  const prototype: Pick<FileHandle, 'sync'> = Object.getPrototypeOf(some);
  await some.close();
  const { sync } = prototype;
  prototype.sync = async function (this: FileHandle) {
    synced.push({ ino: (await this.stat()).ino, isThere: existsSync(path) });
    await sync.call(this);
  };
  try {
    await work();
  } finally {
    prototype.sync = sync;
  }
  return synced;
}

storageContract('disk', async () => {
  const { storage, remove } = open();
  return { storage, close: async () => remove() };
});

describe('object storage on disk', () => {
  it('has no key that leaves its folder', async () => {
    const { storage, remove } = open();
    for (const key of ['../out', 'a/../../out', '/etc/passwd', 'a//b', 'a/./b', 'a\\..\\b', 'a/\0', '.hidden', '']) {
      await expect((async () => storage.put(key, Buffer.from('x')))()).rejects.toThrow(RangeError);
    }
    remove();
  });

  it('leaves no temporary file behind', async () => {
    const { folder, storage, remove } = open();
    await storage.put('requests/a/b.csv', Buffer.from('x'));
    expect(readdirSync(join(folder, 'requests/a'))).toEqual(['b.csv']);
    await storage.delete(['requests/a/b.csv']);
    expect(readdirSync(folder)).toEqual(['.unfinished']);
    expect(readdirSync(join(folder, '.unfinished'))).toEqual([]);
    remove();
  });

  it('removes what a process left that died in the middle of writing, and not what is being written', async () => {
    const { folder, storage, remove } = open();
    await storage.put('requests/a/b.csv', Buffer.from('x'));
    const left = join(folder, '.unfinished', 'left');
    writeFileSync(left, 'half');
    await storage.removeUnfinished(new Date(Date.now() - 60_000));
    expect(readdirSync(join(folder, '.unfinished'))).toEqual(['left']);
    utimesSync(left, new Date(0), new Date(0));
    await storage.removeUnfinished(new Date(Date.now() - 60_000));
    expect(readdirSync(join(folder, '.unfinished'))).toEqual([]);
    expect(await collect(storage.list('requests/'))).toHaveLength(1);
    remove();
  });

  it('resolves when the name of an object is durable, and those of the folders that were made for it', async () => {
    const { folder, storage, remove } = open();
    const key = 'requests/a/i1/original-1.jpg';
    const synced = await noteSyncs(async () => void (await storage.put(key, Buffer.from('x'))), join(folder, key));
    const named = ['requests/a/i1', 'requests/a', 'requests', '.'].map((path) => statSync(join(folder, path)).ino);
    // What is synced before the object has its name does not keep that.
    expect(synced).toEqual(named.map((ino) => ({ ino, isThere: true })));
    const again = await noteSyncs(async () => void (await storage.put(key, Buffer.from('y'))), join(folder, key));
    expect(again).toEqual(synced.slice(0, 1));
    remove();
  });

  it('writes beside deletions that empty the same folder', async () => {
    const { storage, remove } = open();
    const rounds = Array.from({ length: 100 }, (_, index) => `requests/r/i/${index}.jpg`);
    await Promise.all(
      rounds.map(async (key) => {
        await storage.put(key, Buffer.from('x'));
        await storage.delete([key]);
      }),
    );
    remove();
  });
});
