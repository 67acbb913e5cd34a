import FormData from 'form-data';
import { GetImagesDocument, GetRequestDocument } from '../generated/graphql.js';
import { buildGif, buildPng, buildTiff } from '../support/build-images.js';
import { createGraphQLClient, type GraphQLTestClient } from '../support/graphql-client.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';
import { watchMemory } from '../support/tree-memory.js';

const LIMIT_MS = 120_000;
const MIB = 1024 * 1024;
const SIDE = 10_000;
/** 100 million pixels of one colour: as many as are let in. */
const hugePng = buildPng({ width: SIDE, height: SIDE, depth: 1, colour: 0 }, Buffer.alloc((SIDE / 8) * SIDE));
const hugeTiff = buildTiff({ width: SIDE, height: SIDE, channels: 1 }, Buffer.alloc(SIDE * SIDE));

let origin: Origin;
let service: Service;
let client: GraphQLTestClient;

beforeAll(async () => {
  origin = await startOrigin();
  const bombs = {
    '/huge.png': hugePng,
    '/again.png': hugePng,
    '/larger.png': buildPng({ width: 2 * SIDE, height: SIDE, depth: 1, colour: 0 }, Buffer.alloc((SIDE / 4) * SIDE)),
    '/frames.gif': buildGif(100, 100, 10_000),
    '/huge.tiff': hugeTiff,
    '/vast.tiff': buildTiff({ width: 50_000, height: 50_000, channels: 1 }, Buffer.alloc(1_000)),
    // As many pixels as are let in, and rows for a tenth of them.
    '/short.tiff': buildTiff({ width: SIDE, height: SIDE, channels: 1 }, Buffer.alloc((SIDE * SIDE) / 10)),
  };
  for (const [path, bytes] of Object.entries(bombs)) {
    origin.answers.set(path, (_, response) => response.writeHead(200).end(bytes));
  }
  service = await startService({ IMAGE_MEMORY_BYTES: String(512 * MIB) });
  client = createGraphQLClient(service.url);
});
afterAll(async () => {
  expect(await service.stop()).toBe(0);
  await origin.close();
});

async function upload(paths: string[], fields: Record<string, string> = {}): Promise<string> {
  const rows = paths.map((path, at) => `${at},P,${origin.url}${path}`);
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', ['No,Name,Images', ...rows].join('\n'), { filename: 'list.csv' });
  const init = { method: 'POST', body: new Uint8Array(form.getBuffer()), headers: form.getHeaders() };
  return ((await (await fetch(`${service.url}/api/upload`, init)).json()) as { requestId: string }).requestId;
}

const ended = async (id: string) => (await fetch(`${service.url}/api/status/${id}/events`)).text();

describe('images that are made to take all there is', () => {
  it(
    'end with a code of their own, one after the other and in bounded memory, while others go on',
    async () => {
      const grown = watchMemory(service.process.pid ?? 0);
      const refused = ['/larger.png', '/frames.gif', '/vast.tiff', '/short.tiff'];
      const bombs = await upload(['/huge.png', '/huge.tiff', '/again.png', ...refused], { format: 'webp' });
      const others = await upload(Array.from({ length: 30 }, (_, at) => `/${at}.jpg`));
      await ended(others);
      const meanwhile = await client.get(GetRequestDocument, { id: bombs });
      expect(meanwhile.request).toMatchObject({ status: 'PROCESSING' });
      await ended(bombs);
      expect((await client.get(GetRequestDocument, { id: others })).request?.counts).toMatchObject({ completed: 30 });
      const { request } = await client.get(GetImagesDocument, { id: bombs });
      const codes = (request?.images.nodes ?? []).map(({ sourceUrl, status, error }) => [
        new URL(sourceUrl).pathname,
        error?.code ?? status,
      ]);
      expect(Object.fromEntries(codes)).toEqual({
        '/huge.png': 'COMPLETED',
        '/again.png': 'COMPLETED',
        '/huge.tiff': 'COMPLETED',
        '/larger.png': 'TOO_MANY_PIXELS',
        '/frames.gif': 'TOO_MANY_FRAMES',
        '/vast.tiff': 'TOO_MANY_PIXELS',
        '/short.tiff': 'CORRUPT_IMAGE',
      });
      // One of them takes 460 MiB, two at once twice that.
      expect(grown()).toBeLessThan(800 * MIB);
    },
    LIMIT_MS,
  );
});
