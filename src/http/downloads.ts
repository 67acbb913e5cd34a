import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { notFound } from '../domain/errors.js';
import { type DerivedFile, derivedName, requireEnded } from '../requests/derived-file.js';
import type { Requests } from '../requests/requests.js';
import { imageOfKey, inputCsvKey } from '../storage/keys.js';
import { objectHeaders } from '../storage/object-headers.js';
import type { ByteRange, ObjectStorage } from '../storage/object-storage.js';
import { ANONYMOUS, type Authenticate, requireOwner } from './authenticate.js';

const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

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
    const imageId = imageOfKey(key);
    if (!imageId) throw notFound('object');
    const owner = authenticate(request.headers);
    const isForeign = owner !== null && owner !== ANONYMOUS && !(await requests.findNode(owner, imageId));
    if (isForeign) throw notFound('object');
    // What it signs is good for GET alone: whoever only asks is told from here.
    const presigned = request.method === 'HEAD' ? null : await storage.presign(key);
    if (presigned) {
      // Kept for half the time that the URL holds.
      response.set('cache-control', `private, max-age=${presigned.seconds / 2}`).redirect(302, presigned.url);
      return;
    }
    response.set('content-disposition', objectHeaders(key).contentDisposition);
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
    const contentType = found.fileKind === 'XLSX' ? XLSX_TYPE : undefined;
    await send(storage, inputCsvKey(found._id), request, response, contentType);
  });
  router.get('/requests/:requestId/output.csv', async (request, response) => {
    const found = await requests.findRequest(requireOwner(authenticate, request.headers), request.params.requestId);
    requireEnded(found);
    if (!found.outputKey) throw notFound('output CSV');
    response.attachment(derivedName(found, 'output.csv'));
    await send(storage, found.outputKey, request, response);
  });
  router.get('/requests/:requestId/errors.csv', async (request, response) => {
    const owner = requireOwner(authenticate, request.headers);
    const file = await requests.errorsCsv(owner, request.params.requestId);
    await sendDerived(file, 'text/csv; charset=utf-8', request, response);
  });
  router.get('/requests/:requestId/results.zip', async (request, response) => {
    const owner = requireOwner(authenticate, request.headers);
    const file = await requests.resultsZip(owner, request.params.requestId);
    await sendDerived(file, 'application/zip', request, response);
  });
  return router;
}

/** Sends what is made on the way, as fast as the client takes it; its length is not known before. */
async function sendDerived(
  { fileName, body }: DerivedFile,
  contentType: string,
  request: Request,
  response: Response,
): Promise<void> {
  // What cannot even be begun is answered with its error.
  const first = request.method === 'HEAD' ? null : await body.next();
  response.attachment(fileName);
  response.set({ 'content-type': contentType, 'cache-control': 'private, no-store' });
  if (!first) {
    response.end();
    return;
  }
  const whole = async function* () {
    if (!first.done) yield first.value;
    yield* body;
  };
  // Later it is broken off: a whole file that lacks something would not be noticed. A client that goes away in the
  // middle is no error of ours, and ends the making.
  await pipeline(Readable.from(whole(), { objectMode: false }), response).catch(() => response.destroy());
  await body.return(undefined);
}

async function send(
  storage: ObjectStorage,
  key: string,
  request: Request,
  response: Response,
  contentTypeOfFile?: string,
): Promise<void> {
  const head = await storage.head(key);
  if (!head) throw notFound('object');
  const { contentType, cacheControl } = objectHeaders(key);
  response.set({
    'content-type': contentTypeOfFile ?? contentType,
    'cache-control': cacheControl,
    'x-content-type-options': 'nosniff',
    'accept-ranges': 'bytes',
    etag: `"${key.slice(key.lastIndexOf('/') + 1)}-${head.bytes}"`,
    'last-modified': head.lastModified.toUTCString(),
    // Should an SVG be opened by itself all the same, nothing in it runs.
    'content-security-policy': "default-src 'none'; sandbox",
  });
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  const range = parseRange(request, head.bytes, String(response.get('etag')));
  if (range === 'unsatisfiable') {
    response
      .status(416)
      .set({ 'content-range': `bytes */${head.bytes}`, 'cache-control': 'no-store' })
      .end();
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

/** One range, of a GET alone; several at once are answered with the whole, as HTTP allows. */
function parseRange(request: Request, size: number, etag: string): ByteRange | null | 'unsatisfiable' {
  if (request.method !== 'GET') return null;
  const condition = request.get('if-range');
  if (condition && condition !== etag) return null;
  const ranges = request.range(size);
  if (ranges === -1) return 'unsatisfiable';
  if (!Array.isArray(ranges) || ranges.type !== 'bytes' || ranges.length !== 1) return null;
  return ranges[0] ?? null;
}
