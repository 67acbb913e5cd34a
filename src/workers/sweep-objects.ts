import type { Image } from '../models/image.js';
import type { RequestSnapshot } from '../models/request.js';
import { imageOfKey, requestPrefix } from '../storage/keys.js';
import type { WorkerDeps } from './deps.js';

/**
 * Removes what stands in an ended request's folder and no record names: left by workers that died between storing and
 * recording. The records are read after the objects were listed, and an object of an image that has not ended may yet
 * be named, so what is removed is what nobody can name any more: a retry stores under keys of its own.
 */
export function createSweepObjects({ database, storage }: Pick<WorkerDeps, 'database' | 'storage'>) {
  const { requests, images } = database;
  return async (request: RequestSnapshot): Promise<void> => {
    const { _id, sweepAt, status } = request;
    // Written by an expansion that died before it met the cancellation.
    await images.deletePending(request);
    for await (const objects of storage.list(requestPrefix(_id))) {
      const keys = objects.map((object) => object.key);
      const ids = [...new Set(keys.map(imageOfKey))].filter((id) => id !== null);
      const found = new Map((await images.findImages(ids)).map((image) => [image._id, image]));
      const now = await requests.findRequest(_id);
      // Opened again, or deleted: its next end, or its removal, sees to the rest.
      if (now?.status !== status) return;
      const unnamed = keys.filter((key) => {
        const id = imageOfKey(key);
        return id ? isUnnamed(key, found.get(id)) : key !== now.outputKey;
      });
      await storage.delete(unnamed);
    }
    if (sweepAt) await requests.finishSweep(_id, sweepAt);
  };
}

function isUnnamed(key: string, image: Image | undefined): boolean {
  if (!image) return true;
  if (image.status === 'PENDING' || image.status === 'PROCESSING') return false;
  return key !== image.original?.key && key !== image.compressed?.key;
}
