import { Readable } from 'node:stream';
import { Router } from 'express';
import { unavailable } from '../../src/domain/errors.js';
import { createDownloads, createObjects } from '../../src/http/downloads.js';
import { createHttpServer } from '../../src/http/server.js';
import type { ObjectHead } from '../../src/storage/object-storage.js';
import { unread } from '../support/unread.js';

const ID = '11111111-1111-4111-8111-111111111111';
const KEY = `requests/${ID}/i${'a'.repeat(32)}-0123456789abcdef-01234567.jpg`;
const BYTES = 100;

let head: () => Promise<ObjectHead | null>;
let presigned: { url: string; seconds: number } | null;
let service: Awaited<ReturnType<typeof serve>>;

async function serve() {
  const http = createHttpServer({ host: '127.0.0.1', port: 0, uploadTimeoutMs: 10_000 }, unread);
  const deps = {
    requests: { findRequest: async () => ({ _id: ID, fileName: 'shop.csv', outputKey: 'o', status: 'COMPLETED' }) },
    storage: {
      head: () => head(),
      presign: async () => presigned,
      get: async () => ({ body: Readable.from([Buffer.alloc(BYTES)]) }),
    },
    authenticate: () => 'anonymous',
  } as never;
  const routes = Router();
  routes.use('/api', createDownloads(deps));
  routes.use('/objects', createObjects(deps));
  http.serve([routes]);
  return { url: `http://127.0.0.1:${await http.listen()}`, close: http.close };
}

beforeAll(async () => {
  service = await serve();
});
beforeEach(() => {
  head = async () => ({ bytes: BYTES, lastModified: new Date(0) });
  presigned = null;
});
afterAll(() => service.close());

const FILE = `/api/requests/${ID}/input.csv`;
const told = ({ headers }: Response, ...names: string[]) => names.map((name) => headers.get(name));

describe('a download', () => {
  it.each([FILE, `/api/requests/${ID}/output.csv`])('of %s that fails is not taken for the file', async (path) => {
    const outage = unavailable('object storage');
    for (const [status, answer] of [
      [404, async () => null],
      [503, () => Promise.reject(outage)],
    ] as const) {
      head = answer;
      const response = await fetch(`${service.url}${path}`);
      expect(response.status).toBe(status);
      expect(told(response, 'content-type', 'content-disposition', 'etag', 'cache-control')).toEqual([
        'application/json; charset=utf-8',
        null,
        null,
        'no-store',
      ]);
      expect(await response.json()).toMatchObject({ error: { message: expect.any(String) } });
    }
  });

  it('answers a range that cannot be, and lets nobody keep that', async () => {
    const response = await fetch(`${service.url}/objects/${KEY}`, { headers: { range: 'bytes=100-' } });
    expect(response.status).toBe(416);
    expect(told(response, 'content-range', 'cache-control')).toEqual(['bytes */100', 'no-store']);
  });

  it('has ranges for GET alone', async () => {
    const range = { range: 'bytes=0-9' };
    const response = await fetch(`${service.url}/objects/${KEY}`, { method: 'HEAD', headers: range });
    expect(response.status).toBe(200);
    expect(told(response, 'content-length', 'accept-ranges')).toEqual([String(BYTES), 'bytes']);
    expect((await fetch(`${service.url}/objects/${KEY}`, { headers: range })).status).toBe(206);
  });

  it('is signed for GET alone: who only asks is told here', async () => {
    presigned = { url: 'http://s3.example/signed', seconds: 60 };
    const ask = (method: string) => fetch(`${service.url}/objects/${KEY}`, { method, redirect: 'manual' });
    expect((await ask('GET')).status).toBe(302);
    const asked = await ask('HEAD');
    expect(asked.status).toBe(200);
    expect(told(asked, 'content-type', 'content-length')).toEqual(['image/jpeg', String(BYTES)]);
  });
});
