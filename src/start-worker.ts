import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.js';
import type { Urls } from './domain/urls.js';
import type { ImageProcessSettings } from './image-process.js';
import { createAddressGuard } from './images/address-guard.js';
import type { RequestDeps } from './requests/deps.js';
import { createPresentStatus } from './requests/present-status.js';
import { VERSION } from './version.js';
import { makeImagesApart } from './workers/make-images-apart.js';
import { startWorkers } from './workers/workers.js';

const IMAGE_PROCESS = fileURLToPath(new URL('./image-process.js', import.meta.url));

/** The part of a process that works, and the process that makes images for it. */
export async function startWorker(config: Config, deps: RequestDeps, urls: Urls): Promise<{ close(): Promise<void> }> {
  const { s3, fetchAllow, limits, reconcileEveryMs, uploadTimeoutMs, retentionMs } = config;
  const { fetchContact, webhookSecrets } = config.security;
  const userAgent = `Pixelpress/${VERSION}${fetchContact ? ` (+${fetchContact})` : ''}`;
  // One more than there are cores: one of them waits for another thread of its own, or for its turn on the event loop.
  const compressAtOnce = availableParallelism() + 1;
  const { dataDir, minFreeDiskBytes, imageMemoryBytes } = config;
  const settings: ImageProcessSettings = {
    dataDir,
    s3,
    minFreeDiskBytes,
    fetchAllow,
    limits,
    imageMemoryBytes,
    userAgent,
    compressAtOnce,
  };
  const images = await makeImagesApart({
    ...deps,
    script: IMAGE_PROCESS,
    settings,
    compressAtOnce,
    // Where the SDK finds credentials that are not in the settings.
    ...(s3 && { environment: /^AWS_/ }),
  });
  const guard = createAddressGuard({ allow: fetchAllow, perOrigin: limits.fetchPerHost });
  const closeImages = async () => {
    await images.close();
    await guard.close();
  };
  const workers = await startWorkers({
    ...deps,
    guard,
    userAgent,
    makeImage: images.makeImage,
    concurrency: config.workerConcurrency,
    // Messaging within the process is for one process, so nobody else works.
    alone: config.kafka === null,
    reconcileEveryMs,
    uploadTimeoutMs,
    objectUrl: urls.object,
    secrets: webhookSecrets,
    retentionMs,
    present: createPresentStatus(urls, retentionMs),
  }).catch(async (error: unknown) => {
    await closeImages();
    throw error;
  });
  return {
    async close() {
      await workers.close();
      await closeImages();
    },
  };
}
