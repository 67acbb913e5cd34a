import { STATUS_CODES } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import { isUnavailable } from '../domain/errors.js';
import { formatBytes } from '../domain/format-bytes.js';
import type { Limits } from '../domain/limits.js';
import { parseUrl } from '../domain/parse-url.js';
import { ProcessingError } from '../domain/processing-error.js';
import { parseRetryAfter } from '../domain/retry.js';
import { startDeadline } from '../domain/start-deadline.js';
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

/** Waits until there is room for so many bytes of this image in all. */
export type Reserve = (bytes: number) => Promise<void>;

export interface FetchImageOptions {
  signal: AbortSignal;
  /** Before more of it is held; meanwhile nothing is read. As much as it needs is held if left out. */
  reserve?: Reserve;
}

/** The bytes behind a URL. @throws ProcessingError; what `reserve` throws; the signal's reason where that aborts */
export type FetchImage = (url: string, options: FetchImageOptions) => Promise<{ bytes: Buffer }>;

export function createFetchImage({ guard, limits, userAgent }: FetchImageDeps): FetchImage {
  return async (text, { signal, reserve = async () => undefined }) => {
    const deadline = startDeadline(limits.fetchTimeoutMs);
    const either = AbortSignal.any([signal, deadline.signal]);
    // That there is no room is no fault of the server: its time stands still.
    const reserveInTurn: Reserve = (bytes) => deadline.except(() => reserve(bytes));
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
        if (typeof location !== 'string')
          return { bytes: await readImage(response, limits.maxImageBytes, reserveInTurn) };
        abandon(response.body);
        url = nextUrl(location, url);
      }
      throw new ProcessingError('TOO_MANY_REDIRECTS', `The server redirected more than ${MAX_REDIRECTS} times.`);
    } catch (error) {
      signal.throwIfAborted();
      throw deadline.signal.aborted ? timedOut(limits.fetchTimeoutMs) : translate(error);
    } finally {
      deadline.clear();
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

async function readImage(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  maxBytes: number,
  reserve: Reserve,
): Promise<Buffer> {
  try {
    if (statusCode < 200 || statusCode > 299) throw httpError(statusCode, headers['retry-after']);
    const bytes = await readBody(body, headers, maxBytes, reserve);
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
  reserve: Reserve,
): Promise<Buffer> {
  const announced = Number(headers['content-length'] ?? 0);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  const source = decoded(body, headers['content-encoding']);
  // The system gives memory as it is written: what is announced and does not come takes none.
  const whole = source === body && announced > 0 ? Buffer.allocUnsafeSlow(announced) : null;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of source) {
    const at = length;
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    // By what has come, not by what was announced: a server that announces much and sends little takes no room.
    await reserve(length);
    if (whole) chunk.copy(whole, at);
    else chunks.push(chunk);
  }
  if (whole) return whole.subarray(0, length);
  // The parts and the whole, for a moment.
  await reserve(2 * length);
  return Buffer.concat(chunks, length);
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
  if (error instanceof ProcessingError || isUnavailable(error)) return error;
  const { cause, code: known } = error as { cause?: unknown; code?: unknown };
  if (cause instanceof ProcessingError) return cause;
  const code = String(known ?? '');
  const secure = /CERT|TLS|SSL|SIGNATURE/.test(code);
  const message = secure
    ? 'The certificate of the server is not valid.'
    : (SENTENCES[code] ?? 'The image could not be fetched.');
  return new ProcessingError('FETCH_FAILED', message, { retryable: !secure, cause: error });
}
