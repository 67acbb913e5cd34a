import { type CsvSource, openCsvFile } from './csv-file.js';
import * as documents from './generated/documents.js';
import type {
  ClientCheckMutation,
  CsvErrorViewFragment,
  ImageViewFragment,
  ProductViewFragment,
  RequestStatus,
  RequestViewFragment,
  UploadOptions,
} from './generated/types.js';
import { PixelpressError } from './pixelpress-error.js';
import { readError } from './read-error.js';
import { PAGE_SIZE, readPages } from './read-pages.js';
import { type Access, authorization, createSendOperation, type SendOperation } from './send-operation.js';
import { createSubscribeOperation, type SubscribeOperation } from './subscribe-operation.js';
import { type RequestStatusEvent, type WatchOptions, watchRequest } from './watch-request.js';

export interface PixelpressClientOptions {
  /** Where the service is: `http://127.0.0.1:4000`, or below a path of a proxy. */
  url: string;
  /** Shown to the service and to nobody else. */
  apiKey?: string | null | undefined;
}

/** How to work on a file, and how to send it. */
export interface UploadSettings extends UploadOptions {
  /** The name that it is uploaded under; left out, that of the path or of the File. */
  fileName?: string | undefined;
  /** Breaks the upload off. */
  signal?: AbortSignal | undefined;
}

/** An upload that was taken. */
export interface UploadResult {
  request: RequestViewFragment;
  /** Rows that were left out (`invalidRows: 'SKIP_ROW'`), at most 100 of `userErrorCount`. */
  userErrors: CsvErrorViewFragment[];
  userErrorCount: number;
}

/** What is in a file, and what is wrong with it. */
export type CheckResult = ClientCheckMutation['checkCsv'];

/**
 * A running Pixelpress, as other programs and pages speak to it: in Node and in browsers alike. It holds a connection
 * only while something is watched. @throws PixelpressError from every call that the service refuses or does not hear
 */
export class PixelpressClient {
  readonly #access: Access;
  readonly #send: SendOperation;
  readonly #subscribe: SubscribeOperation;

  constructor({ url, apiKey = null }: PixelpressClientOptions) {
    this.#access = { url: url.replace(/\/+$/, ''), apiKey };
    this.#send = createSendOperation(this.#access);
    this.#subscribe = createSubscribeOperation(this.#access);
  }

  /**
   * Sends a CSV: a path (in Node), a Blob or File, or a stream. Answers as soon as the file is checked and stored.
   * @throws PixelpressError INVALID_CSV with `userErrors` where the file is refused
   */
  async upload(source: CsvSource, { fileName, signal, ...options }: UploadSettings = {}): Promise<UploadResult> {
    const file = await openCsvFile(source, fileName);
    const { uploadCsv } = await this.#send(documents.ClientUploadDocument, { file: null, options }, { file, signal });
    const { request, userErrors, userErrorCount } = uploadCsv;
    if (request) return { request, userErrors, userErrorCount };
    const message = userErrors[0]?.message ?? 'The file was refused.';
    throw new PixelpressError('INVALID_CSV', message, { userErrors, userErrorCount });
  }

  /** Checks a CSV as `upload` would, and keeps nothing of it. */
  async check(source: CsvSource, { signal }: Pick<UploadSettings, 'signal'> = {}): Promise<CheckResult> {
    const file = await openCsvFile(source);
    return (await this.#send(documents.ClientCheckDocument, { file: null }, { file, signal })).checkCsv;
  }

  /** How a request stands. @throws PixelpressError NOT_FOUND */
  async status(id: string): Promise<RequestViewFragment> {
    return this.#status(id);
  }

  /**
   * The live status of a request: its present state, every step, its terminal state, and then the loop ends. Comes back
   * by itself after a lost connection, and never tells a lower revision than before; `break` closes the connection.
   * @throws PixelpressError NOT_FOUND; UNREACHABLE where the service is away for longer than `patienceMs`
   */
  watch(id: string, options: WatchOptions = {}): AsyncIterableIterator<RequestStatusEvent> {
    const subscribe = (stop: AbortSignal) => this.#subscribe(documents.ClientWatchDocument, { id }, stop);
    return watchRequest(subscribe, (stop) => this.#status(id, stop), options);
  }

  /** The rows of a request with their images, in the order of the file. @throws PixelpressError NOT_FOUND */
  products(id: string): AsyncIterableIterator<ProductViewFragment> {
    return readPages(async (after) => {
      const variables = { id, first: PAGE_SIZE, after };
      return found((await this.#send(documents.ClientProductsDocument, variables)).request).products;
    });
  }

  /** The different images of a request, in the order of the file. @throws PixelpressError NOT_FOUND */
  images(id: string): AsyncIterableIterator<ImageViewFragment> {
    return readPages(async (after) => {
      const variables = { id, first: PAGE_SIZE, after };
      return found((await this.#send(documents.ClientImagesDocument, variables)).request).images;
    });
  }

  /** The requests of this API key, newest first. */
  requests({ status = null }: { status?: RequestStatus | null } = {}): AsyncIterableIterator<RequestViewFragment> {
    return readPages(async (after) => {
      const variables = { first: PAGE_SIZE, after, status };
      return (await this.#send(documents.ClientRequestsDocument, variables)).requests;
    });
  }

  /** Stops the work on a request; images already finished stay. @throws PixelpressError NOT_FOUND, CONFLICT */
  async cancel(id: string): Promise<RequestViewFragment> {
    return (await this.#send(documents.ClientCancelDocument, { id })).cancelRequest.request;
  }

  /** Tries the failed images of an ended request again. @throws PixelpressError NOT_FOUND, CONFLICT */
  async retry(id: string): Promise<RequestViewFragment> {
    return (await this.#send(documents.ClientRetryDocument, { id })).retryFailedImages.request;
  }

  /** Removes an ended request with all that is stored of it. @throws PixelpressError NOT_FOUND, CONFLICT */
  async delete(id: string): Promise<void> {
    await this.#send(documents.ClientDeleteDocument, { id });
  }

  /** The file of a request with the column of new URLs. @throws PixelpressError NOT_FOUND, CONFLICT before its end */
  outputCsv(id: string): Promise<ReadableStream<Uint8Array>> {
    return this.#download(id, 'output.csv');
  }

  /** Only the rows to mend, with their reasons. @throws PixelpressError NOT_FOUND, CONFLICT before its end */
  errorsCsv(id: string): Promise<ReadableStream<Uint8Array>> {
    return this.#download(id, 'errors.csv');
  }

  /** Every result, named by product and position. @throws PixelpressError NOT_FOUND, CONFLICT before its end */
  resultsZip(id: string): Promise<ReadableStream<Uint8Array>> {
    return this.#download(id, 'results.zip');
  }

  async #status(id: string, signal?: AbortSignal): Promise<RequestViewFragment> {
    return found((await this.#send(documents.ClientStatusDocument, { id }, { signal })).request);
  }

  async #download(id: string, name: string): Promise<ReadableStream<Uint8Array>> {
    const { url, apiKey } = this.#access;
    const path = `${url}/api/requests/${encodeURIComponent(id)}/${name}`;
    const response = await fetch(path, { headers: authorization(apiKey) }).catch((cause) => {
      throw new PixelpressError('UNREACHABLE', `There is no service at ${url}.`, { cause });
    });
    if (response.ok && response.body)
      return tellLoss(response.body, `${name} came in part: the connection to ${url} was lost.`);
    throw await readRestError(response);
  }
}

function found<T>(request: T | null): T {
  if (request) return request;
  throw new PixelpressError('NOT_FOUND', 'There is no request with this id.');
}

/** The same bytes; a connection that breaks between them is told as everywhere. */
function tellLoss(body: ReadableStream<Uint8Array>, message: string): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read().catch((cause) => {
        throw new PixelpressError('UNREACHABLE', message, { cause });
      });
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

async function readRestError(response: Response): Promise<PixelpressError> {
  const body = (await response.json().catch(() => null)) as { error?: Record<string, unknown> } | null;
  const error = body?.error;
  const message = typeof error?.['message'] === 'string' ? error['message'] : `HTTP ${response.status}`;
  return readError({ message, extensions: error });
}
