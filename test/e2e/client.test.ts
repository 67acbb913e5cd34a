import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { PixelpressClient, PixelpressError, type RequestStatusEvent } from 'pixelpress/client';
import { collect } from '../support/collect.js';
import { holdAnswer } from '../support/hold-answer.js';
import { shopCsv } from '../support/shop-csv.js';
import { startLine } from '../support/start-line.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

/** For what a killed service takes to come back and go on, in milliseconds, on a machine that is busy. */
const KILL_LIMIT_MS = 90_000;

let origin: Origin;
let service: Service;
let client: PixelpressClient;
let folder: string;

beforeAll(async () => {
  origin = await startOrigin();
  service = await startService();
  client = new PixelpressClient({ url: `${service.url}/` });
  folder = mkdtempSync(join(tmpdir(), 'pixelpress-client-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await service.stop();
  await origin.close();
});

const urls = (...names: string[]) => names.map((name) => `${origin.url}/${name}.jpg`);
const blob = (csv: Buffer) => new Blob([new Uint8Array(csv)]);

async function failure(work: Promise<unknown>): Promise<PixelpressError> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown instanceof PixelpressError) return thrown;
  throw new Error(`not a PixelpressError: ${thrown}`);
}

/** A service, or a proxy before one, that answers as the test says. */
async function answering<T>(
  answer: (response: ServerResponse) => void,
  work: (far: PixelpressClient) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    request.resume();
    answer(response.writeHead(200, { 'content-type': 'application/json' }) as ServerResponse);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await work(new PixelpressClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const first = async (events: AsyncIterator<RequestStatusEvent>) => (await events.next()).value as RequestStatusEvent;

describe('an upload by the client', () => {
  const csv = () => shopCsv([urls('a', 'b'), urls('c')]);
  const savedCsv = () => {
    const path = join(folder, 'spring.csv');
    writeFileSync(path, csv());
    return path;
  };

  it.each<[string, () => Parameters<PixelpressClient['upload']>[0], string]>([
    ['a path', savedCsv, 'spring.csv'],
    ['a File', () => new File([new Uint8Array(csv())], 'summer.csv'), 'summer.csv'],
    ['a Blob', () => blob(csv()), 'products.csv'],
    ['a stream of Node', () => Readable.from([csv().subarray(0, 20), csv().subarray(20)]), 'products.csv'],
    ['a stream of the web', () => blob(csv()).stream(), 'products.csv'],
  ])('takes %s', async (_, source, fileName) => {
    const { request, userErrorCount } = await client.upload(source(), { format: 'WEBP' });
    expect(request).toMatchObject({ status: 'PENDING', fileName, counts: { rows: 2, imageUrls: 3 } });
    expect(userErrorCount).toBe(0);
    let last: RequestStatusEvent | undefined;
    for await (const event of client.watch(request.id)) last = event;
    expect(last?.request).toMatchObject({ status: 'COMPLETED', progress: 1, counts: { total: 3, completed: 3 } });
    const products = await collect(client.products(request.id));
    expect(products.map(({ row, name, images }) => [row, name, images.length])).toEqual([
      [1, 'Product 1', 2],
      [2, 'Product 2', 1],
    ]);
    expect(products[0]?.images[0]?.compressed).toMatchObject({ contentType: 'image/webp' });
    expect(await new Response(await client.outputCsv(request.id)).text()).toContain('Output Image Urls');
  });

  it('has no control characters in its name', async () => {
    const { request } = await client.upload(new File([new Uint8Array(csv())], 'a\x9b31m.csv'));
    expect(request.fileName).toBe('a\ufffd31m.csv');
  });

  it('that is refused tells what is wrong by row and column', async () => {
    const error = await failure(client.upload(new Blob(['S. No.,Product Name,Input Image Urls\n1,,x\n'])));
    expect(error).toMatchObject({ code: 'INVALID_CSV', userErrorCount: 2 });
    expect(error.message).toContain('Row 1');
    expect(error.userErrors.map(({ code, row }) => [code, row])).toEqual([
      ['MISSING_VALUE', 1],
      ['INVALID_URL', 1],
    ]);
  });

  it('that leaves rows out tells which', async () => {
    const file = new Blob([`S. No.,Product Name,Input Image Urls\n1,Lamp,x\n2,Chair,${urls('a')}\n`]);
    expect(await client.check(file)).toMatchObject({ rows: 1, userErrorCount: 1 });
    const { request, userErrors } = await client.upload(file, { invalidRows: 'SKIP_ROW' });
    expect(request.skippedRowCount).toBe(1);
    expect(userErrors).toMatchObject([{ code: 'INVALID_URL', row: 1 }]);
  });

  it('names the option that cannot be, and the path where nothing is', async () => {
    expect(await failure(client.upload(blob(csv()), { quality: 0 }))).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'quality',
    });
    const missing = await failure(client.upload(join(folder, 'nothing.csv')));
    expect(missing.message).toBe(`There is no file ${join(folder, 'nothing.csv')}.`);
  });

  it('can be broken off', async () => {
    const stop = new AbortController();
    const endless = Readable.from(
      (async function* () {
        yield csv();
        stop.abort();
        yield csv();
      })(),
    );
    await expect(client.upload(endless, { signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a stream that is uploaded', () => {
  it('is told of with its own error where it fails', async () => {
    const failing = async function* () {
      yield Buffer.from('S. No.,Product Name,Input Image Urls\n');
      throw new Error('the disk is gone');
    };
    await expect(client.upload(failing())).rejects.toThrow('the disk is gone');
    await expect(client.upload(Readable.from(failing()))).rejects.toThrow('the disk is gone');
  });

  it('is left where the upload is broken off while it waits, or cannot be sent', async () => {
    let left = 0;
    const ofWeb = () => new ReadableStream<Uint8Array>({ cancel: () => void left++ });
    const ofNode = () => new Readable({ read: () => undefined }).once('close', () => left++);
    const nowhere = new PixelpressClient({ url: 'http://127.0.0.1:1' });
    for (const source of [ofWeb, ofNode]) {
      left = 0;
      const stop = new AbortController();
      const upload = client.upload(source(), { signal: stop.signal });
      setTimeout(() => stop.abort(), 300);
      await expect(upload).rejects.toMatchObject({ name: 'AbortError' });
      await waitFor('the stream to be left', () => left === 1);
      expect(await failure(nowhere.upload(source()))).toMatchObject({ code: 'UNREACHABLE' });
      await waitFor('the other stream to be left', () => left === 2);
    }
  });
});

describe('an answer', () => {
  const inPart = (response: ServerResponse) => response.write('{"data":');

  it('that breaks off is told as a lost connection, also of a file', async () => {
    const breaking = (response: ServerResponse) => {
      inPart(response);
      setTimeout(() => response.destroy(), 100);
    };
    await answering(breaking, async (far) => {
      expect(await failure(far.status('x'))).toMatchObject({ code: 'UNREACHABLE' });
      const file = await far.outputCsv('x');
      expect(await failure(new Response(file).text())).toMatchObject({ code: 'UNREACHABLE' });
    });
  });

  it('that is broken off is told with the reason of its signal', async () => {
    await answering(inPart, async (far) => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(new Error('enough')), 300);
      await expect(far.upload(new Blob(['x']), { signal: stop.signal })).rejects.toThrow('enough');
    });
  });

  it.each(['null', '"data"', '[]', '<html>'])('of %s is not one of Pixelpress', async (body) => {
    await answering(
      (response) => response.end(body),
      async (far) => {
        expect(await failure(far.status('x'))).toMatchObject({
          code: 'INTERNAL',
          message: expect.stringContaining('did not answer as Pixelpress does (HTTP 200)'),
        });
      },
    );
  });
});

describe('the client', () => {
  it('cancels, tries failed images again, lists and deletes', async () => {
    const release = holdAnswer(origin, '/held.jpg');
    const { request } = await client.upload(blob(shopCsv([urls('a', 'held')])));
    await waitFor('the first image', async () => (await client.status(request.id)).counts.completed === 1);
    expect((await client.cancel(request.id)).status).toMatch(/^CANCELL/);
    release();
    await collect(client.watch(request.id));
    const listed = await collect(client.requests({ status: (await client.status(request.id)).status }));
    expect(listed.map(({ id }) => id)).toContain(request.id);
    await client.delete(request.id);
    expect(await failure(client.status(request.id))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await failure(collect(client.products(request.id)))).toMatchObject({ code: 'NOT_FOUND' });

    origin.answers.set('/later.jpg', (_, response) => response.writeHead(404).end());
    const failed = (await client.upload(blob(shopCsv([urls('later')])))).request;
    await collect(client.watch(failed.id));
    expect(await client.status(failed.id)).toMatchObject({ status: 'FAILED', counts: { failed: 1 } });
    origin.answers.delete('/later.jpg');
    expect((await client.retry(failed.id)).status).toBe('PROCESSING');
    const events = await collect(client.watch(failed.id));
    expect(events.at(-1)?.request.status).toBe('COMPLETED');
  });

  it('shows its API key over HTTP and WebSocket, and is told where the service does not know it', async () => {
    const locked = await startService({ API_KEYS: 'ann:secret-a' });
    try {
      const ann = new PixelpressClient({ url: locked.url, apiKey: 'secret-a' });
      const { request } = await ann.upload(blob(shopCsv([urls('a')])));
      expect((await collect(ann.watch(request.id))).at(-1)?.request.status).toBe('COMPLETED');
      for (const apiKey of [null, 'wrong']) {
        const stranger = new PixelpressClient({ url: locked.url, apiKey });
        expect(await failure(stranger.status(request.id))).toMatchObject({ code: 'UNAUTHENTICATED' });
        expect(await failure(first(stranger.watch(request.id)))).toMatchObject({ code: 'UNAUTHENTICATED' });
        expect(await failure(stranger.outputCsv(request.id))).toMatchObject({ code: 'UNAUTHENTICATED' });
      }
    } finally {
      await locked.stop();
    }
  });

  it('says where there is no service, at once or after its patience', async () => {
    const nowhere = new PixelpressClient({ url: 'http://127.0.0.1:1' });
    expect(await failure(nowhere.status('x'))).toMatchObject({ code: 'UNREACHABLE' });
    const lost: unknown[] = [];
    const watching = first(nowhere.watch('x', { patienceMs: 0, onConnection: (error) => lost.push(error?.code) }));
    expect(await failure(watching)).toMatchObject({ code: 'UNREACHABLE' });
    expect(lost).toEqual(['UNREACHABLE']);
  });
});

describe('watching by the client', () => {
  it('ends with the error of the service where there is no such request', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    expect(await failure(first(client.watch(id)))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it(
    'goes on after lost connections and a killed service, with revisions that only go up',
    async () => {
      const own = await startService();
      const line = await startLine(own.url);
      const release = holdAnswer(origin, '/slow.jpg');
      const far = new PixelpressClient({ url: line.url });
      const { request } = await far.upload(blob(shopCsv([urls('a', 'b', 'slow')])));
      const heard: string[] = [];
      const events = far.watch(request.id, { onConnection: (lost) => heard.push(lost?.code ?? 'back') });
      const revisions = [(await first(events)).request.revision];
      line.cut();
      const rest = collect(events);
      await waitFor('the line to be back', () => line.open() > 0 && heard.length > 0);
      const again = await own.killAndRestart();
      release();
      for (const event of await rest) revisions.push(event.request.revision);
      expect((await far.status(request.id)).status).toBe('COMPLETED');
      expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
      expect(heard[0]).toBe('UNREACHABLE');
      expect(heard.at(-1)).toBe('back');
      await line.close();
      await again.stop();
    },
    KILL_LIMIT_MS,
  );

  it('goes on over HTTP behind a proxy that lets no WebSocket through', async () => {
    const release = holdAnswer(origin, '/blocked.jpg');
    const blocking = createServer(async (request, response) => {
      const { method, url, headers } = request;
      const body = method === 'POST' ? Buffer.concat(await collect<Buffer>(request)) : null;
      const { 'content-type': type = '', 'apollo-require-preflight': preflight = '' } = headers;
      const sent = { 'content-type': type, 'apollo-require-preflight': String(preflight) };
      const answer = await fetch(`${service.url}${url}`, { method: String(method), headers: sent, body });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    });
    blocking.on('upgrade', (_, socket) => socket.end('HTTP/1.1 426 Upgrade Required\r\n\r\n'));
    blocking.listen(0, '127.0.0.1');
    await once(blocking, 'listening');
    const far = new PixelpressClient({ url: `http://127.0.0.1:${(blocking.address() as AddressInfo).port}` });
    const { request } = await far.upload(blob(shopCsv([urls('a', 'blocked')])));
    const heard: string[] = [];
    const options = { patienceMs: 0, onConnection: (lost: PixelpressError | null) => heard.push(lost?.code ?? 'back') };
    const events = far.watch(request.id, options);
    const statuses = [(await first(events)).request.status];
    release();
    for await (const event of events) statuses.push(event.request.status);
    expect(statuses.at(-1)).toBe('COMPLETED');
    expect(heard).toEqual(['UNREACHABLE', 'back']);
    blocking.closeAllConnections();
    blocking.close();
  });

  it('closes the connection on break, on return while it waits, and on a signal', async () => {
    const release = holdAnswer(origin, '/never.jpg');
    const line = await startLine(service.url);
    const id = (await client.upload(blob(shopCsv([urls('never')])))).request.id;
    const watcher = new PixelpressClient({ url: line.url });

    for await (const { request } of watcher.watch(id)) if (request.id === id) break;
    await waitFor('the connection to close after break', () => line.open() === 0);

    const waiting = watcher.watch(id);
    while ((await first(waiting)).request.status !== 'PROCESSING');
    const next = collect(waiting);
    await waiting.return?.();
    await next;
    await waitFor('the connection to close after return', () => line.open() === 0);

    const stop = new AbortController();
    for await (const { request } of watcher.watch(id, { signal: stop.signal })) {
      expect(request.id).toBe(id);
      stop.abort();
    }
    await waitFor('the connection to close after abort', () => line.open() === 0);
    release();
    await line.close();
  });
});
