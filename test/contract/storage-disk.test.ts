import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiskStorage } from '../../src/storage/disk.js';
import { collect } from '../support/collect.js';
import { storageContract } from './storage.js';

const open = () => {
  const folder = mkdtempSync(join(tmpdir(), 'pixelpress-storage-'));
  return { folder, storage: createDiskStorage(folder), remove: () => rmSync(folder, { recursive: true, force: true }) };
};

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
