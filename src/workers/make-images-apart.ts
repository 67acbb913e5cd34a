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

/**
 * Makes images in a process of their own. Where that dies another one takes over, and each image that it had in hand
 * is made once more in a process that has nothing else: the one that dies there too is the cause, and fails.
 */
export async function makeImagesApart<Settings>(options: ImageProcessOptions<Settings> & { log: Log }) {
  const { log, cores } = options;
  const suspects = createFairLimit(cores);
  let closed = false;
  let current: Promise<ImageProcess> = startImageProcess(options);
  await current;

  const running = async (): Promise<ImageProcess> => {
    const started = await current.catch(() => null);
    if (started && !started.ended) return started;
    // Whoever comes first starts it for all who wait.
    return (await current.catch(() => null)) === started ? restart() : running();
  };
  const restart = () => {
    current = startImageProcess(options);
    return current;
  };
  const makeAlone: MakeImage = async (image, compressOptions, signal) => {
    const alone = await startImageProcess(options);
    try {
      return await alone.makeImage(image, compressOptions, signal);
    } catch (error) {
      if (!(error instanceof ImageProcessEndedError)) throw error;
      throw new ProcessingError('INTERNAL', 'The image makes its decoder crash.', { cause: error });
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
      const [
        {
          image: { _id: imageId, requestId },
        },
      ] = image;
      log.warn({ imageId, error }, 'image made once more, alone');
      return suspects(requestId, () => makeAlone(...image));
    }
  };
  return {
    makeImage,
    async close() {
      closed = true;
      await current.then((process) => process.close()).catch(() => undefined);
    },
  };
}
