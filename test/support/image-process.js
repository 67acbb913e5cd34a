// A process that makes images as their URLs say, without fetching any: the inside is the product's own.
import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { ProcessingError } from '../../dist/domain/processing-error.js';
import { HostBusyError } from '../../dist/images/host-gate.js';
import { serveImages } from '../../dist/workers/serve-images.js';

const stored = (key) => ({ key, bytes: 1, width: 1, height: 1, format: 'jpeg', contentType: 'image/jpeg' });

serveImages(async ({ failsWith, crashed }) => {
  if (existsSync(failsWith)) process.exit(3);
  return async ({ image: { sourceUrl } }, options, { signal, onStage }) => {
    const { pathname } = new URL(sourceUrl);
    if (pathname === '/crash') {
      writeFileSync(crashed, '');
      process.kill(process.pid, 'SIGSEGV');
    }
    if (pathname === '/retry') {
      onStage({ stage: 'fetch', startedAt: 0, seconds: 0.5, fields: {}, error: 'HTTP_ERROR' });
      throw new ProcessingError('HTTP_ERROR', 'Later.', { retryable: true, retryAfterMs: 7 });
    }
    if (pathname === '/busy') throw new HostBusyError('shop.example');
    // Until it is told to stop, as an image that a slow host sends.
    if (pathname === '/slow')
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('left'))));
    // It is in hand when the one beside it crashes.
    while (pathname === '/beside' && !existsSync(crashed)) await new Promise(setImmediate);
    const key = createHash('sha256').update(`${process.pid} ${options.quality}`).digest('hex');
    return { result: { original: stored('original'), compressed: stored(key), keptOriginal: false }, discard() {} };
  };
});
