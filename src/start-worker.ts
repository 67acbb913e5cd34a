import { availableParallelism } from 'node:os';
import type { Config } from './config.js';
import type { Urls } from './domain/urls.js';
import { createAddressGuard } from './images/address-guard.js';
import { createCompressImage } from './images/compress-image.js';
import { createFetchImage } from './images/fetch-image.js';
import { createHostGate } from './images/host-gate.js';
import type { RequestDeps } from './requests/deps.js';
import { createPresentStatus } from './requests/present-status.js';
import { VERSION } from './version.js';
import { startWorkers } from './workers/workers.js';

/** For compressing one image, in seconds. */
const COMPRESS_TIMEOUT_S = 60;
/** A host that takes longer than this for one image is not waited for, in milliseconds. */
const SLOW_HOST_MS = 2_000;

/** The part of a process that works: sharp is loaded with it. */
export async function startWorker(config: Config, deps: RequestDeps, urls: Urls): Promise<{ close(): Promise<void> }> {
  const { limits, reconcileEveryMs, uploadTimeoutMs, retentionMs } = config;
  const { fetchContact, webhookSecrets } = config.security;
  const userAgent = `Pixelpress/${VERSION}${fetchContact ? ` (+${fetchContact})` : ''}`;
  const guard = createAddressGuard({ allow: config.fetchAllow, perOrigin: limits.fetchPerHost });
  const workers = await startWorkers({
    ...deps,
    guard,
    userAgent,
    fetchImage: createFetchImage({ guard, limits, userAgent }),
    compressImage: createCompressImage({ limits, timeoutSeconds: COMPRESS_TIMEOUT_S }),
    hostGate: createHostGate({ perHost: limits.fetchPerHost, slowAfterMs: SLOW_HOST_MS }),
    cores: availableParallelism(),
    concurrency: config.workerConcurrency,
    // Messaging within the process is for one process, so nobody else works.
    alone: config.kafka === null,
    reconcileEveryMs,
    uploadTimeoutMs,
    objectUrl: urls.object,
    secrets: webhookSecrets,
    retentionMs,
    present: createPresentStatus(urls, retentionMs),
  });
  return {
    async close() {
      await workers.close();
      await guard.close();
    },
  };
}
