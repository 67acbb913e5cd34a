import { setTimeout as pause } from 'node:timers/promises';
import { type CsvProduct, groupProducts, inProductOrder } from '../csv/group-products.js';
import { readRows } from '../csv/read-rows.js';
import { createRowImageId } from '../csv/row-image-id.js';
import { allImagesEnded } from '../domain/counts.js';
import { type ImageId, productId } from '../domain/ids.js';
import type { NewImage } from '../models/image-transitions.js';
import type { Product } from '../models/product.js';
import { type RequestSnapshot, readingRulesOf } from '../models/request.js';
import { inputCsvKey } from '../storage/keys.js';
import type { CompleteRequest } from './complete-request.js';
import type { WorkerDeps } from './deps.js';
import type { ReleaseImages } from './release-images.js';

/** Documents written at once. */
const BATCH = 200;
/** Images that are written and not yet on the bus: with so many ahead there is no hurry. */
const AHEAD = 1_000;
/** Then each batch is followed by a rest, so many times as long as it took: other requests have their turn. */
const REST = 2;

type Deps = Pick<WorkerDeps, 'database' | 'storage' | 'limits' | 'progress'> & {
  releaseImages: ReleaseImages;
  completeRequest: CompleteRequest;
};

interface Batch {
  products: Product[];
  images: Map<ImageId, NewImage>;
}

/**
 * Reads the file again and writes its Products and Images; the first images go out while the rest is being written.
 * Run twice it writes what is missing and nothing else. Returns early when the request is no longer PROCESSING.
 */
export function createExpandRequest(deps: Deps) {
  const { database, storage, limits, progress, releaseImages, completeRequest } = deps;

  return async (request: RequestSnapshot, signal: AbortSignal): Promise<void> => {
    const begun = request.status === 'PENDING' ? await database.requests.beginRequest(request._id) : request;
    if (!begun) return;
    progress.report(begun);
    const { body } = await storage.get(inputCsvKey(request._id));
    const rows = await readRows(body, ...readingRulesOf(request, limits));
    let seq = 0;
    let batch: Batch = { products: [], images: new Map() };

    /** False when the request was cancelled meanwhile. */
    const flush = async () => {
      const began = Date.now();
      const { products, images } = batch;
      batch = { products: [], images: new Map() };
      await Promise.all([
        database.images.insertMissing([...images.values()]),
        database.products.insertMissing(products),
      ]);
      const now = await database.requests.recordExpanded(request._id, seq);
      if (!now) return false;
      await releaseImages(now);
      const isAhead = now.flow.expanded - now.flow.released > AHEAD;
      if (isAhead) await pause(REST * (Date.now() - began), undefined, { signal });
      return true;
    };

    for await (const found of groupProducts(rows.batches)) {
      for (const product of found) {
        // What an earlier run has written and recorded is passed over; the numbering is the same in every run. One that
        // ends where that ends may have come after it, without an image.
        if (product.endSeq >= begun.flow.expanded) addProduct(batch, request, product);
        seq = product.endSeq;
        if (batch.images.size < BATCH && batch.products.length < BATCH) continue;
        signal.throwIfAborted();
        if (!(await flush())) return;
      }
    }
    if (!(await flush())) return;
    const total = await database.images.count(request._id, null);
    const expanded = await database.requests.finishExpansion(request._id, total);
    if (!expanded) return;
    progress.report(expanded);
    if (allImagesEnded(expanded.counts)) await completeRequest(expanded);
    else await releaseImages(expanded);
  };
}

function addProduct({ products, images }: Batch, request: RequestSnapshot, product: CsvProduct): void {
  const requestId = request._id;
  const imageIdOf = createRowImageId(request);
  for (const image of product.images) {
    const { url: sourceUrl, seq, options } = image;
    const _id = imageIdOf(sourceUrl, image);
    if (!images.has(_id)) images.set(_id, { _id, requestId, seq, sourceUrl, ...(options && { options }) });
  }
  const { row, serialNumber, name } = product;
  const imageIds = inProductOrder(product.images).map((image) => imageIdOf(image.url, image));
  products.push({ _id: productId(requestId, row), requestId, row, serialNumber, name, imageIds });
}
