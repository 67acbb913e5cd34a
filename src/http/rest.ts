import { type Request as HttpRequest, Router } from 'express';
import type { CsvError } from '../domain/csv-error.js';
import { AppError, badInput } from '../domain/errors.js';
import { parseExpiry } from '../domain/parse-expiry.js';
import { parseOptions } from '../domain/parse-options.js';
import type { Urls } from '../domain/urls.js';
import type { Database } from '../models/database.js';
import type { RequestSnapshot } from '../models/request.js';
import type { PresentStatus } from '../requests/present-status.js';
import type { Requests } from '../requests/requests.js';
import { type Authenticate, requireOwner } from './authenticate.js';
import { readUploadForm } from './upload-form.js';

export interface RestDeps {
  requests: Requests;
  database: Database;
  urls: Urls;
  presentStatus: PresentStatus;
  authenticate: Authenticate;
}

/** The calls of older clients (README, “REST”). */
export function createRest(deps: RestDeps): Router {
  const { requests, urls, authenticate } = deps;
  const router = Router();

  router.post(['/upload', '/upload-csv'], async (request, response) => {
    const owner = requireOwner(authenticate, request.headers);
    const form = await readUploadForm(request);
    const settings = form.options.then((options) => ({
      options: parseOptions(options),
      expiresAt: parseExpiry(options.expiresAt),
    }));
    settings.catch(() => undefined);
    const upload = { ...form.file, idempotencyKey: request.get('idempotency-key') ?? null };
    const { request: made, errors, errorCount, warnings } = await requests.uploadCsv(owner, upload, settings);
    if (!made) throw refused(errors, errorCount);
    const statusUrl = urls.status(made._id);
    response.status(202).location(`/api/status/${made._id}`);
    response.json({
      requestId: made._id,
      status: made.status.toLowerCase(),
      statusUrl,
      ...(errorCount > 0 && { skippedRows: errors }),
      ...(warnings.length > 0 && { warnings }),
    });
  });

  router.get('/status/:requestId', async (request, response) => {
    const owner = requireOwner(authenticate, request.headers);
    const found = await requests.findRequest(owner, request.params.requestId);
    const products = request.query['products'] === 'true' ? await listProducts(deps, request, found) : {};
    response.set('cache-control', 'no-store').json({ ...deps.presentStatus(found), ...products });
  });
  return router;
}

function refused(rows: CsvError[], count: number): AppError {
  const [first] = rows;
  const more = count > 1 ? ` (and ${count - 1} more)` : '';
  const code = first?.code === 'FILE_TOO_LARGE' ? 'FILE_TOO_LARGE' : 'INVALID_CSV';
  return new AppError(code, `${first?.message ?? 'The file cannot be read.'}${more}`, { rows, rowErrorCount: count });
}

/** Products with their URLs as they came and as they are served; an image that was not made is null. */
async function listProducts({ requests, database, urls }: RestDeps, { query }: HttpRequest, request: RequestSnapshot) {
  const text = (name: string) => {
    const given = query[name];
    if (Array.isArray(given)) throw badInput(name, `${name} is given once.`);
    return typeof given === 'string' && given !== '' ? given : null;
  };
  const first = text('first');
  if (first !== null && !/^\d+$/.test(first)) throw badInput('first', 'first is a whole number from 1 to 100.');
  const page = await requests.listProducts(request._id, {
    first: first === null ? null : Number(first),
    after: text('after'),
  });
  const ids = page.edges.flatMap(({ node }) => node.imageIds);
  const images = new Map((await database.images.findImages([...new Set(ids)])).map((image) => [image._id, image]));
  return {
    products: page.edges.map(({ node }) => ({
      serialNumber: node.serialNumber,
      productName: node.name,
      inputImageUrls: node.imageIds.map((id) => images.get(id)?.sourceUrl ?? null),
      outputImageUrls: node.imageIds.map((id) => {
        const key = images.get(id)?.compressed?.key;
        return key ? urls.object(key) : null;
      }),
    })),
    nextAfter: page.hasNextPage ? (page.edges.at(-1)?.cursor ?? null) : null,
  };
}
