import { imagesPerSecond, openImages, progress } from '../domain/counts.js';
import type { Page } from '../domain/page.js';
import { isTerminal } from '../domain/request-status.js';
import { expiryOf } from '../domain/retention.js';
import { IDENTICAL, similarityOf } from '../domain/similarity.js';
import type { Urls } from '../domain/urls.js';
import type { Image as ImageModel, StoredImage as StoredImageModel } from '../models/image.js';
import type { Product as ProductModel } from '../models/product.js';
import type { RequestSnapshot } from '../models/request.js';
import type { FoundNode } from '../requests/find-node.js';
import type { PageInfo } from './types/connections.js';
import type { Image } from './types/image.js';
import type { Product } from './types/product.js';
import type { Request } from './types/request.js';
import type { StoredImage } from './types/stored-image.js';

/** What clients see of the models: chosen field by field, so that nothing is told by accident. */
export interface Present {
  request(request: RequestSnapshot): Request;
  product(product: ProductModel): Product;
  image(image: ImageModel): Image;
  node(found: FoundNode): Request | Product | Image;
}

/** @param retentionMs how long ended requests are kept, in milliseconds; null is for ever */
export function createPresent(urls: Urls, retentionMs: number | null): Present {
  const stored = (image: StoredImageModel | null): StoredImage | null => {
    if (!image) return null;
    const { bytes, width, height, format, contentType } = image;
    return { url: urls.object(image.key), bytes, width, height, format, contentType };
  };
  const present: Omit<Present, 'node'> = {
    request: (request) => presentRequest(request, urls, retentionMs),
    product: ({ _id, row, serialNumber, name, requestId, imageIds }) => {
      return { id: _id, row, serialNumber, name, requestId, imageIds };
    },
    image: ({
      _id,
      sourceUrl,
      options,
      status,
      original,
      compressed,
      keptOriginal,
      similarity,
      warnings,
      attempts,
      error,
    }) => ({
      id: _id,
      sourceUrl,
      rowOptions: options ?? null,
      status,
      original: stored(original),
      compressed: stored(compressed),
      keptOriginal,
      similarity: similarity === undefined ? null : similarity / IDENTICAL,
      // What was stored by a version without warnings has none.
      warnings: warnings ?? [],
      attempts,
      error,
    }),
  };
  return {
    ...present,
    node(found) {
      if (found.type === 'Request') return present.request(found.node);
      return found.type === 'Product' ? present.product(found.node) : present.image(found.node);
    },
  };
}

function presentRequest(request: RequestSnapshot, urls: Urls, retentionMs: number | null): Request {
  const { _id, status, counts, bytes, rate, finishedAt, startedAt, webhook, outputKey } = request;
  const ended = isTerminal(status);
  const perSecond = startedAt && imagesPerSecond(request, rate.from, rate.since, finishedAt ?? new Date());
  return {
    id: _id,
    status,
    revision: request.revision,
    fileName: request.fileName,
    fileBytes: request.fileBytes,
    createdAt: request.createdAt,
    startedAt,
    finishedAt,
    expiresAt: expiryOf(request, retentionMs),
    counts,
    bytes: { ...bytes, saved: bytes.original - bytes.compressed },
    progress: progress(request),
    imagesPerSecond: perSecond,
    estimatedSecondsLeft: !ended && perSecond ? Math.ceil(openImages(request) / perSecond) : null,
    options: presentOptions(request.options),
    similarity: similarityOf(request.similarity),
    dialect: request.dialect ?? 'PLAIN',
    optionColumns: request.optionColumns ?? [],
    inputCsvUrl: urls.inputCsv(_id),
    skippedRowCount: request.skippedRowCount,
    warningCount: request.warningCount ?? 0,
    outputCsvUrl: outputKey ? urls.outputCsv(_id) : null,
    resultsZipUrl: ended ? urls.resultsZip(_id) : null,
    errorsCsvUrl: ended ? urls.errorsCsv(_id) : null,
    error: request.error,
    webhook: webhook && { ...webhook, status: webhook.status === 'WAITING' ? 'PENDING' : webhook.status },
  };
}

/** What was stored by an older version lacks the options that came later. */
function presentOptions(options: RequestSnapshot['options']): Request['options'] {
  const { replaceUrls = false, minSimilarity = null, measureSimilarity = false } = options;
  return { ...options, replaceUrls, minSimilarity, measureSimilarity };
}

/** A page in the form of a connection. */
export function presentPage<T, P>(page: Page<T>, present: (node: T) => P, countAll: () => Promise<number>) {
  const edges = page.edges.map(({ cursor, node }) => ({ cursor, node: present(node) }));
  const pageInfo: PageInfo = {
    hasNextPage: page.hasNextPage,
    hasPreviousPage: page.hasPreviousPage,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
  return { edges, nodes: edges.map((edge) => edge.node), pageInfo, countAll };
}
