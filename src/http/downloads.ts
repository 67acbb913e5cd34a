import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { AppError, notFound } from '../domain/errors.js';
import type { Requests } from '../requests/requests.js';
import { contentTypeOf } from '../storage/content-type.js';
import { inputCsvKey, requestOfKey } from '../storage/keys.js';
import type { ByteRange, ObjectStorage } from '../storage/object-storage.js';
import { ANONYMOUS, type Authenticate, requireOwner } from './authenticate.js';

interface Deps {
  requests: Requests;
  storage: ObjectStorage;
  authenticate: Authenticate;
}

/**
 * Images by their keys, which nobody can guess (the request's id has 122 random bits), so that an `<img>` shows them
 * without an API key. Who does show one sees only what is its own.
 */
export function createObjects({ requests, storage, authenticate }: Deps): Router {
  const router = Router();
  router.get('/*key', async (request, response) => {
    const key = [request.params['key']].flat().join('/');
    if (!isImageKey(key)) throw notFound('object');
    const owner = authenticate(request.headers);
    if (owner !== null && owner !== ANONYMOUS) await requests.findRequest(owner, requestOfKey(key) ?? '');
    const presigned = await storage.presign(key);
    if (presigned) {
      response.redirect(302, presigned);
      return;
    }
    // The content's hash is in the key: what stands under it never changes.
    response.set('cache-control', 'public, max-age=31536000, immutable');
    response.set('content-security-policy', "default-src 'none'; sandbox");
    await send(storage, key, request, response);
  });
  return router;
}

/** The uploaded file, and what was made of it. */
export function createDownloads({ requests, storage, authenticate }: Deps): Router {
  const router = Router();
  router.get('/requests/:requestId/input.csv', async (request, response) => {
    const found = await requests.findRequest(requireOwner(authenticate, request.headers), request.params.requestId);
    response.attachment(found.fileName);
    await send(storage, inputCsvKey(found._id), request, response);
  });
  router.get('/requests/:requestId/output.csv', async (request, response) => {
    const found = await requests.findRequest(requireOwner(authenticate, request.headers), request.params.requestId);
    if (!found.outputKey) throw new AppError('CONFLICT', 'The request has not ended yet.');
    response.attachment(`${found.fileName.replace(/\.[^.]*$/, '')}-output.csv`);
    await send(storage, found.outputKey, request, response);
  });
  return router;
}

function isImageKey(key: string): boolean {
  return requestOfKey(key) !== null && /^[A-Za-z0-9/._-]+$/.test(key) && !key.includes('..') && !key.endsWith('.csv');
}

async function send(storage: ObjectStorage, key: string, request: Request, response: Response): Promise<void> {
  const head = await storage.head(key);
  if (!head) throw notFound('object');
  response.set({
    'content-type': contentTypeOf(key),
    'x-content-type-options': 'nosniff',
    'accept-ranges': 'bytes',
    etag: `"${key.slice(key.lastIndexOf('/') + 1)}-${head.bytes}"`,
    'last-modified': head.lastModified.toUTCString(),
    // An SVG that is opened by itself runs its scripts: it is only shown within an <img>, or saved.
    ...(key.endsWith('.svg') && { 'content-disposition': 'attachment' }),
  });
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  const range = parseRange(request, head.bytes, String(response.get('etag')));
  if (range === 'unsatisfiable') {
    response.status(416).set('content-range', `bytes */${head.bytes}`).end();
    return;
  }
  if (range) response.status(206).set('content-range', `bytes ${range.start}-${range.end}/${head.bytes}`);
  response.set('content-length', String(range ? range.end - range.start + 1 : head.bytes));
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const { body } = await storage.get(key, range ?? undefined);
  // A client that goes away in the middle is no error of ours.
  await pipeline(body, response).catch(() => response.destroy());
}

/** One range; several at once are answered with the whole, as HTTP allows. */
function parseRange(request: Request, size: number, etag: string): ByteRange | null | 'unsatisfiable' {
  const condition = request.get('if-range');
  if (condition && condition !== etag) return null;
  const ranges = request.range(size);
  if (ranges === -1) return 'unsatisfiable';
  if (!Array.isArray(ranges) || ranges.type !== 'bytes' || ranges.length !== 1) return null;
  return ranges[0] ?? null;
}
