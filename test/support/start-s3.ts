import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface FakeS3 {
  /** The variables that a service finds it by. */
  env: Record<string, string>;
  objects: Map<string, Buffer>;
  /** Runs before each object is stored: a test can stop the time there. */
  beforePut: () => Promise<void>;
  close(): Promise<void>;
}

const BUCKET = 'test';
const PAGE = 3;

/** A bucket in memory that does what the object store asks of S3, in pages so small that there are several. */
export async function startS3(): Promise<FakeS3> {
  const objects = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://s3');
    const key = decodeURIComponent(url.pathname.slice(`/${BUCKET}/`.length));
    const found = objects.get(key);
    if (request.method === 'PUT') {
      const body = await buffer(request);
      await fake.beforePut();
      objects.set(key, body);
      response.writeHead(200, { etag: '"e"' }).end();
    } else if (request.method === 'POST') {
      const body = (await buffer(request)).toString();
      for (const [, gone] of body.matchAll(/<Key>([^<]*)<\/Key>/g)) objects.delete(gone ?? '');
      response.writeHead(200).end('<DeleteResult/>');
    } else if (key === '') {
      response.writeHead(200).end(url.searchParams.has('uploads') ? '<ListMultipartUploadsResult/>' : list(url));
    } else if (found) {
      const headers = { 'content-length': found.length, 'last-modified': new Date().toUTCString() };
      response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : found);
    } else {
      const body = '<Error><Code>NoSuchKey</Code></Error>';
      response.writeHead(404).end(request.method === 'HEAD' ? undefined : body);
    }
  };
  const list = ({ searchParams }: URL) => {
    const prefix = searchParams.get('prefix') ?? '';
    const after = searchParams.get('continuation-token') ?? '';
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const isFolders = searchParams.has('delimiter');
    const folders = keys.map((key) => key.slice(0, key.indexOf('/', prefix.length) + 1)).filter(Boolean);
    const all = (isFolders ? [...new Set(folders)] : keys).filter((name) => name > after);
    const page = all.slice(0, PAGE);
    const entries = page.map((name) =>
      isFolders
        ? `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`
        : `<Contents><Key>${name}</Key><Size>${objects.get(name)?.length}</Size><LastModified>${new Date(0).toISOString()}</LastModified></Contents>`,
    );
    const more = all.length > page.length ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    return `<ListBucketResult>${entries.join('')}${more}</ListBucketResult>`;
  };
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const fake: FakeS3 = {
    env: {
      AWS_BUCKET_NAME: BUCKET,
      S3_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    },
    objects,
    beforePut: async () => undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  return fake;
}
