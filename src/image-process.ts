// The process that makes images: it fetches, decodes and encodes strangers' bytes, and stores them.
import type { Config } from './config.js';
import { ProcessingError } from './domain/processing-error.js';
import { TimeoutError, withinTime } from './domain/within-time.js';
import { createAddressGuard } from './images/address-guard.js';
import { createCompressImage } from './images/compress-image.js';
import { createFetchImage } from './images/fetch-image.js';
import { createHostGate } from './images/host-gate.js';
import { openStorage, type StorageConfig } from './open-storage.js';
import { createMakeImage } from './workers/make-image.js';
import { serveImages } from './workers/serve-images.js';

/** What libvips is given beyond its own limit, in milliseconds, before it is taken to hang. */
const GRACE_MS = 5_000;
/** For telling it, in milliseconds. */
const LAST_WORDS_MS = 1_000;
/** A host that takes longer than this for one image is not waited for, in milliseconds. */
const SLOW_HOST_MS = 2_000;

type Settings = Pick<Config, 'fetchAllow' | 'limits' | 'imageMemoryBytes'>;

/** What it needs to know, without what it must not: the database's address and clients' keys. */
export interface ImageProcessSettings extends StorageConfig, Settings {
  userAgent: string;
  compressAtOnce: number;
}

serveImages<ImageProcessSettings>(async (settings) => {
  const { limits, fetchAllow, userAgent, compressAtOnce, imageMemoryBytes: memoryBytes } = settings;
  const { compressTimeoutSeconds: timeoutSeconds } = limits;
  const guard = createAddressGuard({ allow: fetchAllow, perOrigin: limits.fetchPerHost });
  return createMakeImage({
    storage: await openStorage(settings),
    fetchImage: createFetchImage({ guard, limits, userAgent }),
    compressImage: createCompressImage({
      limits,
      timeoutSeconds,
      guard: (work) => unlessItHangs(work, timeoutSeconds),
    }),
    hostGate: createHostGate({ perHost: limits.fetchPerHost, slowAfterMs: SLOW_HOST_MS }),
    compressAtOnce,
    memoryBytes,
  });
});

/** Some decoders do not look at the limit: their thread never comes back, so that the process is ended for it. */
async function unlessItHangs<T>(work: () => Promise<T>, timeoutSeconds: number): Promise<T> {
  try {
    return await withinTime(work(), timeoutSeconds * 1000 + GRACE_MS);
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), LAST_WORDS_MS);
    throw new ProcessingError('PROCESSING_TIMEOUT', 'The image took too long to compress.', { cause: error });
  }
}
