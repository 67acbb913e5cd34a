import { createHash } from 'node:crypto';
import { isUnavailable, unavailable } from '../domain/errors.js';
import type { CompressOptions } from '../domain/options.js';
import { ProcessingError } from '../domain/processing-error.js';
import { toThousandths } from '../domain/similarity.js';
import { startDeadline } from '../domain/start-deadline.js';
import { unlessAborted } from '../domain/unless-aborted.js';
import type { CompressImage, ImageInfo } from '../images/compress-image.js';
import type { FetchImage } from '../images/fetch-image.js';
import type { HostGate } from '../images/host-gate.js';
import type { Image, StoredImage } from '../models/image.js';
import type { ImageResult } from '../models/image-transitions.js';
import { imageKey } from '../storage/keys.js';
import { createByteBudget, type HeldBytes } from './byte-budget.js';
import { createCompressLimit } from './compress-limit.js';
import type { WorkerDeps } from './deps.js';
import { type OnStage, type RunStage, timeStages } from './run-stage.js';

/**
 * As much of what may be compressed at once is held of images as they came. What is made of them, which is never
 * larger, comes to it until it is stored.
 */
const FETCHED_SHARE = 1 / 8;
/** What an image is taken for at first, and by how much more when more of it comes. */
const STEP_BYTES = 1024 * 1024;
/**
 * How long a fetch that has begun waits for room, in milliseconds: servers break off an answer that nobody reads,
 * many of them after a minute.
 */
const ROOM_WAIT_MS = 20_000;

type Deps = Pick<WorkerDeps, 'storage'> & {
  fetchImage: FetchImage;
  compressImage: CompressImage;
  hostGate: HostGate;
  /** The encoders use one core each. */
  compressAtOnce: number;
  /** Bytes that they take at once. */
  memoryBytes: number;
};

/** What of a claimed image is needed to make it. */
export interface ImageToMake {
  image: Pick<Image, '_id' | 'requestId' | 'sourceUrl'>;
  claim: string;
}

export interface MakeContext {
  signal: AbortSignal;
  /** Hears of each stage at its end. */
  onStage: OnStage;
}

export interface MadeImage {
  result: ImageResult;
  /** Removes what was stored, where no record names it. */
  discard(): Promise<void>;
}

/**
 * Fetches one image, stores it, compresses it and stores the result. What a failure leaves behind is removed.
 * @throws ProcessingError, HostBusyError; the signal's reason where that aborts
 */
export type MakeImage = (image: ImageToMake, options: CompressOptions, context: MakeContext) => Promise<MadeImage>;

interface Making extends ImageToMake {
  signal: AbortSignal;
  runStage: RunStage;
}

export function createMakeImage(deps: Deps): MakeImage {
  const { storage, fetchImage, compressImage, hostGate, compressAtOnce, memoryBytes } = deps;
  const admitted = createCompressLimit(compressAtOnce, memoryBytes);
  // What comes beyond it waits before it is fetched.
  const budget = createByteBudget(memoryBytes * FETCHED_SHARE);

  const fetchGated = async ({ image, signal, runStage }: Making) => {
    const { requestId, sourceUrl: url } = image;
    const { host } = new URL(url);
    const leave = await hostGate.enter(host, requestId, signal);
    const held = await budget.take(STEP_BYTES, signal).catch((error) => {
      leave();
      throw error;
    });
    const reserve = (bytes: number) => growInTime(held, bytes, signal);
    try {
      const { bytes } = await runStage('fetch', () => fetchImage(url, { signal, reserve }), { 'server.address': host });
      held.resize(bytes.byteLength);
      return { bytes, held };
    } catch (error) {
      held.release();
      throw error;
    } finally {
      leave();
    }
  };
  const store = async (making: Making, role: 'original' | 'compressed', info: ImageInfo, data: Buffer) => {
    const { image, claim, runStage } = making;
    const sha256 = createHash('sha256').update(data).digest('hex');
    const key = imageKey(image.requestId, image._id, claim, role, sha256, info.extension);
    await runStage('store', () => storage.put(key, data)).catch((cause: unknown) => {
      if (isUnavailable(cause)) throw cause;
      throw new ProcessingError('STORAGE_FAILED', 'The image could not be stored.', { retryable: true, cause });
    });
    const { width, height, format, contentType } = info;
    return { key, bytes: data.byteLength, width, height, format, contentType } satisfies StoredImage;
  };

  const make = async (making: Making, bytes: Buffer, options: CompressOptions) => {
    const { image, signal, runStage } = making;
    const admit = admitted(image.requestId, signal);
    // libvips cannot be stopped: at a stop of the process it is left to itself, and the image handed back.
    const { original, compressed, keptOriginal, warnings, similarity } = await unlessAborted(
      compressImage(bytes, options, (needed, work) => admit(needed, () => runStage('compress', work))),
      signal,
    );
    const stored = await Promise.allSettled([
      store(making, 'original', original, bytes),
      ...(keptOriginal ? [] : [store(making, 'compressed', compressed, compressed.data)]),
    ]);
    const images = stored.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const discard = () => storage.delete(images.map(({ key }) => key));
    const failure = stored.find((each) => each.status === 'rejected');
    const [storedOriginal, storedCompressed = storedOriginal] = images;
    if (failure || !storedOriginal || !storedCompressed) {
      await discard();
      throw failure?.reason;
    }
    const result: ImageResult = {
      original: storedOriginal,
      compressed: storedCompressed,
      keptOriginal,
      warnings,
      ...(similarity !== null && { similarity: toThousandths(similarity) }),
    };
    return { result, discard };
  };

  return async (image, options, { signal, onStage }) => {
    // Nothing is fetched to be thrown away.
    await storage.ready();
    const making: Making = { ...image, signal, runStage: timeStages(onStage) };
    const { bytes, held } = await fetchGated(making);
    return make(making, bytes, options).finally(() => held.release());
  };
}

/** @throws AppError UNAVAILABLE: the image is put back, which is none of its tries, and what it holds goes to others */
async function growInTime(held: HeldBytes, bytes: number, signal: AbortSignal): Promise<void> {
  if (bytes <= held.bytes) return;
  const limit = startDeadline(ROOM_WAIT_MS);
  const either = AbortSignal.any([signal, limit.signal]);
  try {
    await held.grow(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES, either);
  } catch (error) {
    signal.throwIfAborted();
    throw unavailable('memory for fetched images', error, 'full');
  } finally {
    limit.clear();
  }
}
