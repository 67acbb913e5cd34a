import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import type { CompressOptions } from '../domain/options.js';
import { ProcessingError } from '../domain/processing-error.js';
import type { CompressImage, ImageInfo } from '../images/compress-image.js';
import type { FetchImage } from '../images/fetch-image.js';
import type { HostGate } from '../images/host-gate.js';
import type { Image, StoredImage } from '../models/image.js';
import type { ImageResult } from '../models/image-transitions.js';
import { imageKey } from '../storage/keys.js';
import type { WorkerDeps } from './deps.js';

type Deps = Pick<WorkerDeps, 'database' | 'storage'> & {
  fetchImage: FetchImage;
  compressImage: CompressImage;
  hostGate: HostGate;
  /** Images compressed at once: the encoders use one core each. */
  cores: number;
};

export interface MadeImage {
  result: ImageResult;
  /** Removes what was stored, where no record names it. */
  discard(): Promise<void>;
}

/** Fetches one image, stores it, compresses it and stores the result. @throws ProcessingError, HostBusyError */
export type MakeImage = (image: Image, options: CompressOptions, signal: AbortSignal) => Promise<MadeImage>;

export function createMakeImage(deps: Deps): MakeImage {
  const { storage, fetchImage, compressImage, hostGate, cores } = deps;
  const compressing = pLimit(cores);

  const fetchGated = async (url: string, signal: AbortSignal) => {
    const leave = await hostGate.enter(new URL(url).host, signal);
    try {
      return await fetchImage(url, { signal });
    } finally {
      leave();
    }
  };
  const store = async (image: Image, role: 'original' | 'compressed', info: ImageInfo, data: Buffer) => {
    const sha256 = createHash('sha256').update(data).digest('hex');
    const key = imageKey(image.requestId, image._id, role, sha256, info.extension);
    await storage.put(key, data).catch((cause: unknown) => {
      throw new ProcessingError('STORAGE_FAILED', 'The image could not be stored.', { retryable: true, cause });
    });
    const { width, height, format, contentType } = info;
    return { key, bytes: data.byteLength, width, height, format, contentType } satisfies StoredImage;
  };

  return async (image, options, signal) => {
    const { bytes } = await fetchGated(image.sourceUrl, signal);
    const { original, compressed, keptOriginal } = await compressing(() => compressImage(bytes, options));
    signal.throwIfAborted();
    const [storedOriginal, storedCompressed] = await Promise.all([
      store(image, 'original', original, bytes),
      keptOriginal ? null : store(image, 'compressed', compressed, compressed.data),
    ]);
    const result = { original: storedOriginal, compressed: storedCompressed ?? storedOriginal, keptOriginal };
    return { result, discard: () => discard(deps, image, [result.original.key, result.compressed.key]) };
  };
}

/** Another delivery may have recorded the same objects, since keys follow from the content: those stay. */
async function discard({ database, storage }: Pick<Deps, 'database' | 'storage'>, image: Image, keys: string[]) {
  const now = await database.images.findImage(image._id);
  if (now && (now.status === 'PENDING' || now.status === 'PROCESSING')) return;
  const named = new Set([now?.original?.key, now?.compressed?.key]);
  await storage.delete(keys.filter((key) => !named.has(key)));
}
