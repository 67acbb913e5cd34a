import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiskStorage } from '../../src/storage/disk.js';
import { removalContract } from './removal.js';

removalContract('disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pixelpress-storage-'));
  return {
    storage: createDiskStorage(folder),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
});
