import DataLoader from 'dataloader';
import type { ImageId, RequestId } from '../domain/ids.js';
import type { Database } from '../models/database.js';
import type { Image } from '../models/image.js';
import type { RequestSnapshot } from '../models/request.js';

/** Ids asked for in one query. */
const MAX_BATCH = 500;

/** Gather the ids that the fields of one answer ask for. They keep nothing: an open subscription would see old images. */
export interface Loaders {
  image: DataLoader<ImageId, Image | null>;
  request: DataLoader<RequestId, RequestSnapshot | null>;
}

export function createLoaders({ images, requests }: Pick<Database, 'images' | 'requests'>): Loaders {
  return {
    image: loader((ids) => images.findImages(ids)),
    request: loader((ids) => requests.findRequests(ids)),
  };
}

function loader<K extends string, T extends { _id: K }>(find: (ids: readonly K[]) => Promise<T[]>) {
  return new DataLoader<K, T | null>(
    async (ids) => {
      const found = new Map((await find([...new Set(ids)])).map((each) => [each._id, each]));
      return ids.map((id) => found.get(id) ?? null);
    },
    { cache: false, maxBatchSize: MAX_BATCH },
  );
}
