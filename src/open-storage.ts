import { join } from 'node:path';
import type { Config } from './config.js';
import { createFreeSpace } from './free-space.js';
import type { ObjectStorage } from './storage/object-storage.js';

export type StorageConfig = Pick<Config, 's3' | 'dataDir' | 'minFreeDiskBytes'>;

/** The object store that is configured; only that one is loaded. */
export async function openStorage({ s3, dataDir, minFreeDiskBytes }: StorageConfig): Promise<ObjectStorage> {
  if (s3) return (await import('./storage/s3.js')).createS3Storage(s3);
  const { createDiskStorage } = await import('./storage/disk.js');
  return createDiskStorage(join(dataDir, 'objects'), createFreeSpace(dataDir, minFreeDiskBytes));
}
