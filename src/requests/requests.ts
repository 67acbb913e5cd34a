import { type CancelRequest, createCancelRequest } from './cancel-request.js';
import { type CheckCsv, createCheckCsv } from './check-csv.js';
import { createDeleteRequest, type DeleteRequest } from './delete-request.js';
import type { RequestDeps } from './deps.js';
import { createErrorsCsv, type ErrorsCsv } from './errors-csv.js';
import { createFindNode, type FindNode } from './find-node.js';
import { createFindRequest, type FindRequest } from './find-request.js';
import { createListImages, type ListImages } from './list-images.js';
import { createListProducts, type ListProducts } from './list-products.js';
import { createListRequests, type ListRequests } from './list-requests.js';
import { createRedeliverWebhook, type RedeliverWebhook } from './redeliver-webhook.js';
import { createResultsZip, type ResultsZip } from './results-zip.js';
import { createRetryFailedImages, type RetryFailedImages } from './retry-failed-images.js';
import { createUploadCsv, type UploadCsv } from './upload-csv.js';
import { createWatchRequest, type WatchRequest } from './watch-request.js';

/** Everything that a client can ask, over whichever interface. */
export interface Requests {
  uploadCsv: UploadCsv;
  checkCsv: CheckCsv;
  cancelRequest: CancelRequest;
  retryFailedImages: RetryFailedImages;
  deleteRequest: DeleteRequest;
  redeliverWebhook: RedeliverWebhook;
  watchRequest: WatchRequest;
  findRequest: FindRequest;
  findNode: FindNode;
  listRequests: ListRequests;
  listProducts: ListProducts;
  listImages: ListImages;
  resultsZip: ResultsZip;
  errorsCsv: ErrorsCsv;
}

/** Resolves when the news of all requests are heard. */
export async function createRequests(deps: RequestDeps): Promise<Requests> {
  const findRequest = createFindRequest(deps);
  return {
    uploadCsv: createUploadCsv(deps),
    checkCsv: createCheckCsv(deps),
    cancelRequest: createCancelRequest(deps),
    retryFailedImages: createRetryFailedImages(deps),
    deleteRequest: createDeleteRequest(deps),
    redeliverWebhook: createRedeliverWebhook(deps),
    watchRequest: await createWatchRequest(deps),
    findRequest,
    findNode: createFindNode(deps),
    listRequests: createListRequests(deps),
    listProducts: createListProducts(deps),
    listImages: createListImages(deps),
    resultsZip: createResultsZip({ ...deps, findRequest }),
    errorsCsv: createErrorsCsv({ ...deps, findRequest }),
  };
}
