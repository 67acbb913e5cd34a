import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../domain/log.js';
import { ProcessingError } from '../domain/processing-error.js';
import { createFairLimit } from './fair-limit.js';
import {
  type ImageProcess,
  ImageProcessEndedError,
  type ImageProcessOptions,
  startImageProcess,
} from './image-process.js';
import type { MakeImage } from './make-image.js';

/** Between two starts of which the first failed, in milliseconds. */
const RESTART_PAUSE_MS = 2_000;

/**
 * Makes images in a process of their own. Where that dies another one takes over, and each image that it had in hand
 * is made once more in a process that has nothing else: the one that dies there too is the cause, and fails.
 */
export async function makeImagesApart<Settings>(options: ImageProcessOptions<Settings> & { log: Log }) {
  const { log } = options;
  // One after the other, as large images are made within one process: each may need much memory.
  const suspects = createFairLimit(1);
  let closed = false;
  let current = await startImageProcess(options);
  let starting: Promise<ImageProcess> | null = null;

  const restart = async (): Promise<ImageProcess> => {
    try {
      current = await startImageProcess(options);
      return current;
    } catch (error) {
      log.error({ error }, 'the process that makes images does not start');
      // Who asks meanwhile hears of this failure, and starts no other one.
      await pause(RESTART_PAUSE_MS);
      throw error;
    } finally {
      starting = null;
    }
  };
  /** Whoever comes first starts it for all. */
  const running = async (): Promise<ImageProcess> => {
    if (!current.ended) return current;
    starting ??= restart();
    return starting;
  };
  const makeAlone: MakeImage = async (image, compressOptions, context) => {
    context.signal.throwIfAborted();
    const alone = await startImageProcess(options);
    try {
      return await alone.makeImage(image, compressOptions, context);
    } catch (error) {
      if (!(error instanceof ImageProcessEndedError)) throw error;
      const retryable = error.wasKilled;
      throw new ProcessingError('INTERNAL', 'The image makes its decoder crash.', { retryable, cause: error });
    } finally {
      await alone.close();
    }
  };
  const makeImage: MakeImage = async (...image) => {
    const process = await running();
    try {
      return await process.makeImage(...image);
    } catch (error) {
      if (closed || !(error instanceof ImageProcessEndedError)) throw error;
      const { _id: imageId, requestId } = image[0].image;
      log.warn({ requestId, imageId, error }, 'image made once more, alone');
      return suspects(requestId, () => makeAlone(...image));
    }
  };
  return {
    makeImage,
    async close() {
      closed = true;
      await starting?.catch(() => undefined);
      await current.close();
    },
  };
}
