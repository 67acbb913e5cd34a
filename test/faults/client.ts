import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

export interface SeenRequest {
  id: string;
  status: string;
  revision: number;
  outputCsvUrl: string | null;
  counts: { rows: number; total: number | null; completed: number; failed: number; cancelled: number };
  webhook: { status: string } | null;
}

interface StoredView {
  url: string;
  bytes: number;
  width: number;
  height: number;
}

export interface SeenImage {
  id: string;
  sourceUrl: string;
  status: string;
  original: StoredView | null;
  compressed: StoredView | null;
  error: { code: string; message: string } | null;
}

const REQUEST = `id status revision outputCsvUrl
  counts { rows total completed failed cancelled } webhook { status }`;
const STORED = 'url bytes width height';
const RETRY_MS = 250;

/** Speaks GraphQL to one of several processes, which may die at any moment: asks again until it is answered. */
export function createFaultClient(urls: () => readonly string[], deadline: AbortSignal) {
  let turn = 0;
  const next = () => {
    const all = urls();
    // Where no process is up there is nobody to ask, which looks like a refused connection.
    return all[turn++ % all.length] ?? 'http://127.0.0.1:1';
  };
  const again = async <T>(ask: (url: string) => Promise<T>): Promise<T> => {
    for (;;) {
      deadline.throwIfAborted();
      try {
        return await ask(next());
      } catch (error) {
        if (error instanceof RefusedError) throw error;
        await pause(RETRY_MS);
      }
    }
  };
  const post = async (url: string, body: string | FormData): Promise<Record<string, unknown>> => {
    const headers = { 'apollo-require-preflight': 'true' };
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      body,
      headers: typeof body === 'string' ? { ...headers, 'content-type': 'application/json' } : headers,
      signal: AbortSignal.timeout(60_000),
    });
    const answer = (await response.json()) as {
      data?: Record<string, unknown>;
      errors?: { message: string; extensions: { code: string } }[];
    };
    const [first] = answer.errors ?? [];
    if (first && !['INTERNAL', 'UNAVAILABLE'].includes(first.extensions.code)) throw new RefusedError(first.message);
    if (first || !answer.data) throw new Error(first?.message ?? 'no answer');
    return answer.data;
  };
  const query = (text: string, variables: object) =>
    again((url) => post(url, JSON.stringify({ query: text, variables })));

  return {
    again,
    /** The idempotency key makes it one upload however often it is sent. */
    async upload(csv: string, options: { webhookUrl: string; idempotencyKey: string }): Promise<string> {
      const mutation = `mutation($file: Upload!, $options: UploadOptions) {
        uploadCsv(file: $file, options: $options) { request { id } userErrors { message } } }`;
      const data = await again((url) => {
        const form = new FormData();
        form.set('operations', JSON.stringify({ query: mutation, variables: { file: null, options } }));
        form.set('map', '{"0":["variables.file"]}');
        form.set('0', new Blob([csv]), 'products.csv');
        return post(url, form);
      });
      const { request } = data['uploadCsv'] as { request: { id: string } | null };
      if (!request) throw new Error(JSON.stringify(data));
      return request.id;
    },
    async request(id: string): Promise<SeenRequest> {
      const data = await query(`query($id: ID!) { request(id: $id) { ${REQUEST} } }`, { id });
      return data['request'] as SeenRequest;
    },
    async images(id: string): Promise<SeenImage[]> {
      const text = `query($id: ID!, $after: String) { request(id: $id) { images(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { id sourceUrl status original { ${STORED} } compressed { ${STORED} } error { code message } } } } }`;
      const images: SeenImage[] = [];
      for (let after: string | null = null, more = true; more; ) {
        const data = await query(text, { id, after });
        const page = (data['request'] as { images: { pageInfo: PageInfo; nodes: SeenImage[] } }).images;
        images.push(...page.nodes);
        after = page.pageInfo.endCursor;
        more = page.pageInfo.hasNextPage;
      }
      return images;
    },
    async act(mutation: 'cancelRequest' | 'retryFailedImages', id: string): Promise<void> {
      const text = `mutation($id: ID!) { ${mutation}(id: $id) { request { id } } }`;
      await query(text, { id }).catch((error) => {
        // It may have ended just before, or an answer was lost and this is the second time.
        if (!(error instanceof RefusedError)) throw error;
      });
    },
    /** Every event of a subscription that comes back by itself when its process is gone. */
    async watch(id: string, onEvent: (request: SeenRequest) => void): Promise<void> {
      const socket = createClient({
        url: () => `${next().replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: Number.POSITIVE_INFINITY,
        retryWait: () => pause(RETRY_MS),
        shouldRetry: () => !deadline.aborted,
        keepAlive: 5_000,
      });
      const text = `subscription($id: ID!) { requestStatus(id: $id) { request { ${REQUEST} } } }`;
      try {
        for (;;) {
          deadline.throwIfAborted();
          let last: SeenRequest | undefined;
          const events = socket.iterate({ query: text, variables: { id } });
          deadline.addEventListener('abort', () => void events.return?.());
          for await (const { data } of events) {
            if (!data) break;
            last = (data['requestStatus'] as { request: SeenRequest }).request;
            onEvent(last);
          }
          if (last && isEnded(last)) return;
          // An engine was away when it was read: as any client, this one begins anew.
          await pause(RETRY_MS);
        }
      } finally {
        await socket.dispose();
      }
    },
  };
}

interface PageInfo {
  hasNextPage: boolean;
  endCursor: string | null;
}

/** The service's own word that it will not: asking again does not help. */
class RefusedError extends Error {}

export type FaultClient = ReturnType<typeof createFaultClient>;

export function isEnded({ status }: Pick<SeenRequest, 'status'>): boolean {
  return ['COMPLETED', 'FAILED', 'CANCELLED'].includes(status);
}
