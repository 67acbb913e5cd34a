import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';

/** A mistake that the person at the keyboard can mend: its message is all that is shown. */
export class ClientError extends Error {}

export interface RequestView {
  id: string;
  status: 'PENDING' | 'PROCESSING' | 'CANCELLING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  progress: number;
  counts: { total: number | null; completed: number; failed: number; cancelled: number };
  bytes: { original: number; compressed: number; saved: number };
  imagesPerSecond: number | null;
  estimatedSecondsLeft: number | null;
  outputCsvUrl: string | null;
  error: { code: string; message: string } | null;
}

export interface ImageView {
  sourceUrl: string;
  status: string;
  keptOriginal: boolean;
  original: StoredView | null;
  compressed: StoredView | null;
  error: { code: string; message: string } | null;
}

export interface StoredView {
  url: string;
  bytes: number;
  width: number;
  height: number;
  format: string;
}

export interface UploadView {
  request: RequestView | null;
  userErrors: { message: string; row: number | null; column: string | null }[];
  userErrorCount: number;
}

const REQUEST = `
  id status progress counts { total completed failed cancelled } bytes { original compressed saved }
  imagesPerSecond estimatedSecondsLeft outputCsvUrl error { code message }
`;
const STORED = 'url bytes width height format';

/** A running service, as this command line speaks to it. */
export interface Client {
  uploadCsv(file: string, options: object): Promise<UploadView>;
  watch(id: string): AsyncIterable<RequestView>;
  images(id: string): Promise<ImageView[]>;
  cancelRequest(id: string): Promise<RequestView>;
  retryFailedImages(id: string): Promise<RequestView>;
  download(url: string): Promise<Buffer>;
}

/** @throws ClientError from every call, where the service refuses or is not there */
export function createClient(server: string, key: string | null): Client {
  const endpoint = `${server.replace(/\/+$/, '')}/graphql`;
  const headers: Record<string, string> = { 'apollo-require-preflight': 'true', ...(key && { 'x-api-key': key }) };

  const send = async <T>(body: BodyInit, type: Record<string, string>): Promise<T> => {
    const response = await fetch(endpoint, { method: 'POST', body, headers: { ...headers, ...type } }).catch(() => {
      throw new ClientError(`There is no service at ${server}; start one with npm start, or name it with --server.`);
    });
    const { data, errors } = (await response.json()) as { data?: T; errors?: { message: string }[] };
    if (errors?.[0] || !data) throw new ClientError(errors?.[0]?.message ?? `The service answered ${response.status}.`);
    return data;
  };
  const query = <T>(text: string, variables: object) =>
    send<T>(JSON.stringify({ query: text, variables }), { 'content-type': 'application/json' });
  const change = async (name: string, id: string) => {
    const text = `mutation ($id: ID!) { done: ${name}(id: $id) { request { ${REQUEST} } } }`;
    return (await query<{ done: { request: RequestView } }>(text, { id })).done.request;
  };

  return {
    async uploadCsv(file, options) {
      const text = `mutation ($file: Upload!, $options: UploadOptions) { uploadCsv(file: $file, options: $options) {
        request { ${REQUEST} } userErrors { message row column } userErrorCount } }`;
      const form = new FormData();
      form.set('operations', JSON.stringify({ query: text, variables: { file: null, options } }));
      form.set('map', JSON.stringify({ 0: ['variables.file'] }));
      form.set('0', await openAsBlob(file, { type: 'text/csv' }), basename(file));
      return (await send<{ uploadCsv: UploadView }>(form, {})).uploadCsv;
    },
    watch: (id) => watch(endpoint, key, id),
    async images(id) {
      const text = `query ($id: ID!, $after: String) { request(id: $id) { images(first: 100, after: $after) {
        nodes { sourceUrl status keptOriginal original { ${STORED} } compressed { ${STORED} } error { code message } }
        pageInfo { hasNextPage endCursor } } } }`;
      const images: ImageView[] = [];
      for (let after: string | null = null; ; ) {
        const found: { request: { images: ImagePage } | null } = await query(text, { id, after });
        if (!found.request) throw new ClientError('There is no request with this id.');
        images.push(...found.request.images.nodes);
        if (!found.request.images.pageInfo.hasNextPage) return images;
        after = found.request.images.pageInfo.endCursor;
      }
    },
    cancelRequest: (id) => change('cancelRequest', id),
    retryFailedImages: (id) => change('retryFailedImages', id),
    async download(url) {
      const response = await fetch(url, { headers });
      if (!response.ok) throw new ClientError(`${url} was answered with ${response.status}.`);
      return Buffer.from(await response.arrayBuffer());
    },
  };
}

interface ImagePage {
  nodes: ImageView[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** The steps of a request; after a lost connection it goes on, because the first event is the present state. */
async function* watch(endpoint: string, key: string | null, id: string): AsyncGenerator<RequestView> {
  const socket = createSocketClient({
    url: endpoint.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 100,
    shouldRetry: () => true,
    ...(key && { connectionParams: { 'x-api-key': key } }),
  });
  try {
    const text = `subscription ($id: ID!) { requestStatus(id: $id) { request { ${REQUEST} } } }`;
    for await (const { data, errors } of socket.iterate<{ requestStatus: { request: RequestView } }>({
      query: text,
      variables: { id },
    })) {
      if (errors?.[0] || !data) throw new ClientError(errors?.[0]?.message ?? 'The service sent nothing.');
      yield data.requestStatus.request;
    }
  } finally {
    await socket.dispose();
  }
}
