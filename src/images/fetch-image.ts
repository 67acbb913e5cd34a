import { STATUS_CODES } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import { formatBytes } from '../domain/format-bytes.js';
import type { Limits } from '../domain/limits.js';
import { parseUrl } from '../domain/parse-url.js';
import { ProcessingError } from '../domain/processing-error.js';
import { parseRetryAfter } from '../domain/retry.js';
import { unlessAborted } from '../domain/unless-aborted.js';
import type { AddressGuard } from './address-guard.js';
import { plainUrl } from './plain-url.js';

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Answers after which the same request may succeed, beside every 5xx. */
const PASSING = new Set([408, 425, 429]);
const ACCEPT = 'image/avif,image/webp,image/*,*/*;q=0.5';

export interface FetchImageDeps {
  guard: AddressGuard;
  limits: Pick<Limits, 'maxImageBytes' | 'fetchTimeoutMs'>;
  userAgent: string;
}

/** The bytes behind a URL. @throws ProcessingError; the signal's reason where that aborts */
export type FetchImage = (url: string, options: { signal: AbortSignal }) => Promise<{ bytes: Buffer }>;

export function createFetchImage({ guard, limits, userAgent }: FetchImageDeps): FetchImage {
  return async (text, { signal }) => {
    const deadline = AbortSignal.timeout(limits.fetchTimeoutMs);
    const either = AbortSignal.any([signal, deadline]);
    try {
      let url = new URL(text);
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        guard.checkUrl(url);
        // A redirect's own URL has userinfo of its own or none.
        const { href, headers } = plainUrl(url);
        const answered = request(href, {
          dispatcher: guard.dispatcher,
          signal: either,
          headers: { accept: ACCEPT, 'accept-encoding': 'identity', 'user-agent': userAgent, ...headers },
        });
        // undici heeds no signal before it has a connection.
        const response = await unlessAborted(answered, either);
        const location = REDIRECTS.has(response.statusCode) ? response.headers['location'] : undefined;
        if (typeof location !== 'string') return { bytes: await readImage(response, limits.maxImageBytes) };
        abandon(response.body);
        url = nextUrl(location, url);
      }
      throw new ProcessingError('TOO_MANY_REDIRECTS', `The server redirected more than ${MAX_REDIRECTS} times.`);
    } catch (error) {
      signal.throwIfAborted();
      throw deadline.aborted ? timedOut(limits.fetchTimeoutMs) : translate(error);
    }
  };
}

function nextUrl(location: string, from: URL): URL {
  const next = parseUrl(location, from.href);
  if (!next) {
    throw new ProcessingError('FETCH_FAILED', 'The server redirected to something that is not a URL.');
  }
  return next;
}

async function readImage({ statusCode, headers, body }: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> {
  try {
    if (statusCode < 200 || statusCode > 299) throw httpError(statusCode, headers['retry-after']);
    const bytes = await readBody(body, headers, maxBytes);
    if (bytes.length === 0) throw new ProcessingError('NOT_AN_IMAGE', 'The server answered with nothing.');
    return bytes;
  } finally {
    abandon(body);
  }
}

/** Reads no further. A body that is destroyed emits an error, which is nobody's here. */
function abandon(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}

async function readBody(
  body: Readable,
  headers: Dispatcher.ResponseData['headers'],
  maxBytes: number,
): Promise<Buffer> {
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of decoded(body, headers['content-encoding'])) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length);
}

function decoded(body: Readable, encoding: string | string[] | undefined): AsyncIterable<Buffer> {
  const decoders = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress };
  const name = String(encoding ?? 'identity')
    .trim()
    .toLowerCase();
  if (name === 'identity' || name === '') return body;
  const create = decoders[name as keyof typeof decoders];
  if (!create) throw new ProcessingError('FETCH_FAILED', `The server answered in the unknown encoding ${name}.`);
  const decoder = create();
  body.on('error', (error) => decoder.destroy(error));
  return body.pipe(decoder);
}

function httpError(status: number, retryAfter: string | string[] | undefined): ProcessingError {
  const name = STATUS_CODES[status] ?? '';
  return new ProcessingError('HTTP_ERROR', `The server answered ${status} ${name}`.trim().concat('.'), {
    retryable: status >= 500 || PASSING.has(status),
    retryAfterMs: parseRetryAfter(retryAfter),
  });
}

function tooLarge(maxBytes: number): ProcessingError {
  return new ProcessingError('RESPONSE_TOO_LARGE', `The image is larger than ${formatBytes(maxBytes)}.`);
}

function timedOut(ms: number): ProcessingError {
  const message = `The server did not send the image within ${ms / 1_000} seconds.`;
  return new ProcessingError('FETCH_TIMEOUT', message, { retryable: true });
}

const SENTENCES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The name of the server is not known.',
  EAI_AGAIN: 'The name of the server could not be looked up.',
  ETIMEOUT: 'The name of the server could not be looked up.',
  ECONNREFUSED: 'The server refused the connection.',
  ECONNRESET: 'The server broke the connection off.',
  UND_ERR_CONNECT_TIMEOUT: 'The server did not take the connection in time.',
  UND_ERR_SOCKET: 'The server broke the connection off.',
};

function translate(error: unknown): unknown {
  if (error instanceof ProcessingError) return error;
  const { cause, code: known } = error as { cause?: unknown; code?: unknown };
  if (cause instanceof ProcessingError) return cause;
  const code = String(known ?? '');
  const secure = /CERT|TLS|SSL|SIGNATURE/.test(code);
  const message = secure
    ? 'The certificate of the server is not valid.'
    : (SENTENCES[code] ?? 'The image could not be fetched.');
  return new ProcessingError('FETCH_FAILED', message, { retryable: !secure, cause: error });
}
