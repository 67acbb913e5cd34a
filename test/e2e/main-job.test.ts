import { parse } from 'graphql';
import sharp from 'sharp';
import {
  CancelRequestDocument,
  CheckCsvDocument,
  DeleteRequestDocument,
  GetImagesDocument,
  GetNodeDocument,
  GetProductsDocument,
  GetRequestDocument,
  ListRequestsDocument,
  RequestStatusDocument,
  RetryFailedImagesDocument,
  UploadCsvDocument,
} from '../generated/graphql.js';
import { createGraphQLClient, type GraphQLTestClient } from '../support/graphql-client.js';
import { holdPicture } from '../support/hold-answer.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

/** Images of the worker at once, whatever its machine: what is beyond them has not begun. */
const IN_HAND = 8;

let origin: Origin;
let service: Service;
let client: GraphQLTestClient;

beforeAll(async () => {
  origin = await startOrigin();
  service = await startService({ WORKER_CONCURRENCY: String(IN_HAND) });
  client = createGraphQLClient(service.url);
});
afterAll(async () => {
  expect(await service.stop()).toBe(0);
  await origin.close();
});

const csv = (...rows: string[]) => ['S. No.,Product Name,Input Image Urls', ...rows, ''].join('\n');

async function uploaded(text: string, options: object = {}): Promise<string> {
  const { data, errors } = await client.upload(UploadCsvDocument, text, { options });
  if (!data?.uploadCsv.request) throw new Error(JSON.stringify({ data, errors }));
  return data.uploadCsv.request.id;
}

async function watched(id: string) {
  const events = [];
  for await (const { data, errors } of client.subscribe(RequestStatusDocument, { id })) {
    if (errors || !data) throw new Error(JSON.stringify(errors));
    events.push(data.requestStatus);
  }
  return events;
}

const ended = async (id: string) => (await watched(id)).at(-1)?.request;

describe('a CSV from its upload to its end', () => {
  it('makes every image, smaller and of the same size in pixels, and writes the output CSV', async () => {
    const id = await uploaded(csv(`1,Lamp,"${origin.url}/a.jpg,${origin.url}/b.jpg"`, `2,Chair,${origin.url}/a.jpg`));
    const events = await watched(id);
    expect(events.at(-1)?.request).toMatchObject({
      status: 'COMPLETED',
      progress: 1,
      counts: { rows: 2, imageUrls: 3, total: 2, completed: 2, failed: 0, cancelled: 0 },
    });
    const { request } = await client.get(GetProductsDocument, { id });
    const images = request?.products.nodes.flatMap((product) => product.images) ?? [];
    expect(images.map((image) => image.sourceUrl)).toEqual(['a', 'b', 'a'].map((name) => `${origin.url}/${name}.jpg`));
    for (const { original, compressed } of images) {
      expect(compressed?.bytes).toBeLessThan(original?.bytes ?? 0);
      const served = Buffer.from(await (await fetch(compressed?.url ?? '')).arrayBuffer());
      expect(served.length).toBe(compressed?.bytes);
      expect(await sharp(served).metadata()).toMatchObject({ format: 'jpeg', width: 640, height: 480 });
    }
    const output = await (await fetch(events.at(-1)?.request.outputCsvUrl ?? '')).text();
    const [a, b] = images.map((image) => image.compressed?.url);
    expect(output).toBe(
      [
        'S. No.,Product Name,Input Image Urls,Output Image Urls',
        `1,Lamp,"${origin.url}/a.jpg,${origin.url}/b.jpg","${a},${b}"`,
        `2,Chair,${origin.url}/a.jpg,${a}`,
        '',
      ].join('\n'),
    );
  });

  it('fetches a URL that stands in many rows once', async () => {
    const rows = Array.from({ length: 20 }, (_, row) => `${row},Same,${origin.url}/once.jpg`);
    expect((await ended(await uploaded(csv(...rows))))?.counts).toMatchObject({
      imageUrls: 20,
      total: 1,
      completed: 1,
    });
    expect(origin.hits.get('/once.jpg')).toBe(1);
  });

  it('goes on beside an image that fails, and says why in the image and in the output CSV', async () => {
    origin.answers.set('/gone.jpg', (_, response) => response.writeHead(404).end());
    const id = await uploaded(csv(`1,Lamp,${origin.url}/ok.jpg`, `2,Gone,${origin.url}/gone.jpg`));
    const request = await ended(id);
    expect(request).toMatchObject({ status: 'COMPLETED', counts: { completed: 1, failed: 1 } });
    const failed = await client.get(GetImagesDocument, { id, status: 'FAILED' });
    expect(failed.request?.images.nodes).toMatchObject([
      { attempts: 1, error: { code: 'HTTP_ERROR', message: 'The server answered 404 Not Found.' } },
    ]);
    const output = await (await fetch(request?.outputCsvUrl ?? '')).text();
    expect(output.split('\n')[2]).toBe(
      `2,Gone,${origin.url}/gone.jpg,,${origin.url}/gone.jpg HTTP_ERROR: The server answered 404 Not Found.`,
    );
  });

  it('tries an image again that failed with 503, and is content when that helps', async () => {
    let tries = 0;
    origin.answers.set('/busy.jpg', (_, response) => {
      if (++tries > 1) origin.answers.delete('/busy.jpg');
      response.writeHead(503, { 'retry-after': '1' }).end();
    });
    const id = await uploaded(csv(`1,Lamp,${origin.url}/busy.jpg`));
    expect(await ended(id)).toMatchObject({ status: 'COMPLETED', counts: { completed: 1, failed: 0 } });
    const { request } = await client.get(GetImagesDocument, { id });
    expect(request?.images.nodes[0]?.attempts).toBe(3);
  });

  it('gives its images from any place of its list, from the start or from a cursor', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((name) => `${origin.url}/${name}.jpg`);
    // The first URL stands in two rows, so that places and numbers of URLs differ.
    const id = await uploaded(csv(...[names[0], ...names].map((url, row) => `${row},Lamp,${url}`)));
    await ended(id);
    const page = async (variables: object) => {
      const { request } = await client.get(GetImagesDocument, { id, first: 2, ...variables });
      const { nodes = [], pageInfo } = request?.images ?? {};
      return { urls: nodes.map((image) => image.sourceUrl), pageInfo };
    };
    const third = await page({ offset: 2 });
    expect(third).toMatchObject({ urls: names.slice(2, 4), pageInfo: { hasPreviousPage: true, hasNextPage: true } });
    expect(await page({ offset: 4 })).toMatchObject({ urls: names.slice(4), pageInfo: { hasNextPage: false } });
    expect((await page({ offset: 5 })).urls).toEqual([]);
    const { pageInfo } = await page({ offset: 0 });
    expect(pageInfo?.hasPreviousPage).toBe(false);
    expect((await page({ after: pageInfo?.endCursor, offset: 1 })).urls).toEqual(names.slice(3, 5));
    expect((await page({ status: 'COMPLETED', offset: 3 })).urls).toEqual(names.slice(3));
    const { errors } = await client.send(GetImagesDocument, { id, offset: -1 });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'offset' });
  });

  it('is FAILED, with the reason, when no image could be made', async () => {
    const id = await uploaded(csv('1,Secret,http://10.0.0.1/a.jpg'));
    expect(await ended(id)).toMatchObject({ status: 'FAILED', progress: 1, error: { code: 'BLOCKED_ADDRESS' } });
  });
});

describe('a bad file', () => {
  it('is refused with every bad row named, and leaves nothing behind', async () => {
    const before = await client.get(ListRequestsDocument, { first: 1 });
    const bad = csv(`1,Lamp,${origin.url}/a.jpg`, '2,,ftp://shop/b.jpg', `1,Twice,${origin.url}/a.jpg`);
    const { data } = await client.upload(UploadCsvDocument, bad, { options: {} });
    expect(data?.uploadCsv.request).toBeNull();
    expect(data?.uploadCsv.userErrors.map(({ code, row, column }) => [code, row, column])).toEqual([
      ['MISSING_VALUE', 2, 'Product Name'],
      ['INVALID_URL', 2, 'Input Image Urls'],
      ['DUPLICATE_SERIAL_NUMBER', 3, 'S. No.'],
    ]);
    const after = await client.get(ListRequestsDocument, { first: 1 });
    expect(after.requests.totalCount).toBe(before.requests.totalCount);
  });

  it('is taken without its bad rows where SKIP_ROW is asked for, and they stand in the output CSV with their reason', async () => {
    const id = await uploaded(csv('1,,nothing', `2,Lamp,${origin.url}/skip.jpg`), { invalidRows: 'SKIP_ROW' });
    const request = await ended(id);
    expect(request?.counts).toMatchObject({ rows: 1, total: 1, completed: 1 });
    const { request: found } = await client.get(GetRequestDocument, { id });
    expect(found?.skippedRows).toMatchObject([
      { code: 'MISSING_VALUE', row: 1 },
      { code: 'INVALID_URL', row: 1 },
    ]);
    const output = await (await fetch(request?.outputCsvUrl ?? '')).text();
    expect(output.split('\n')[1]).toContain('Row 1: “Product Name” is empty.');
  });

  it('is checked by checkCsv without being kept', async () => {
    const { data } = await client.upload(CheckCsvDocument, csv(`1,Lamp,"${origin.url}/a.jpg ${origin.url}/b.jpg"`), {});
    expect(data?.checkCsv).toEqual({
      dialect: 'PLAIN',
      optionColumns: [],
      rows: 1,
      imageUrls: 2,
      userErrors: [],
      userErrorCount: 0,
      warnings: [],
      warningCount: 0,
    });
  });

  it('is refused for bad options by the name of the field', async () => {
    const { errors } = await client.upload(UploadCsvDocument, csv(), { options: { quality: 0 } });
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'quality' });
  });

  it.each([
    ['quality', 1.5],
    ['webhookUrl', 'x'],
    ['expiresAt', 'soon'],
    ['format', 'BMP'],
  ])('is refused for an option that is not of its type by the name of the field: %s', async (field, value) => {
    const { errors } = await client.upload(UploadCsvDocument, csv(), { options: { [field]: value } });
    expect(errors).toMatchObject([
      { message: expect.stringContaining(`${field}: `), extensions: { code: 'BAD_USER_INPUT', field } },
    ]);
    const within = parse(`mutation($file: Upload!) {
      a: uploadCsv(file: $file, options: { keepMetadata: true, ${field}: ${JSON.stringify(value)} }) { userErrorCount }
    }`);
    expect((await client.upload(within, csv(), {})).errors).toEqual([
      expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', field } }),
    ]);
  });
});

describe('what a client does with a request', () => {
  /** An upload of more pictures than are in hand, each answered only when the test lets it; one is, and is finished. */
  async function uploadedAndHeld(name: string) {
    const paths = Array.from({ length: 3 * IN_HAND }, (_, index) => `/${name}-${index}.jpg`);
    const letGo = new Map(paths.map((path) => [path, holdPicture(origin, path)]));
    const id = await uploaded(csv(...paths.map((path, row) => `${row},Held,${origin.url}${path}`)));
    const first = await waitFor('a held image to be asked for', () => paths.find((path) => origin.hits.has(path)));
    letGo.get(first)?.();
    await waitFor('that image to be finished', async () => {
      const { request } = await client.get(GetRequestDocument, { id });
      return request?.counts.completed;
    });
    const release = () => {
      for (const each of letGo.values()) each();
    };
    return { id, release };
  }

  it('cancelling keeps what is finished, cancels what has not begun, and ends as CANCELLED', async () => {
    const { id, release } = await uploadedAndHeld('cancelled');
    await client.get(CancelRequestDocument, { id });
    release();
    const request = await ended(id);
    expect(request?.status).toBe('CANCELLED');
    const { completed = 0, failed = 0, cancelled = 0, total } = request?.counts ?? {};
    expect(completed + failed + cancelled).toBe(total);
    expect(completed).toBeGreaterThan(0);
    expect(cancelled).toBeGreaterThan(0);
    const { request: found } = await client.get(GetImagesDocument, { id, status: 'CANCELLED' });
    expect(found?.images.totalCount).toBe(cancelled);
  });

  it('cancelling names the images that it cancels to those who watch', async () => {
    const { id, release } = await uploadedAndHeld('named');
    const watching = client.subscribe(RequestStatusDocument, { id });
    // From here on it hears everything.
    await watching.next();
    await client.get(CancelRequestDocument, { id });
    release();
    const events = [];
    for await (const { data } of watching) events.push(data?.requestStatus);
    const last = events.at(-1)?.request;
    const named = events.flatMap((event) => event?.finishedImages ?? []);
    expect(last?.counts.cancelled).toBeGreaterThan(0);
    expect(named.filter(({ status }) => status === 'CANCELLED')).toHaveLength(last?.counts.cancelled ?? 0);
    expect(new Set(named.map((image) => image.id)).size).toBe(named.length);
  });

  it('retrying makes the failed images alone, with a revision that goes on', async () => {
    origin.answers.set('/later.jpg', (_, response) => response.writeHead(404).end());
    const id = await uploaded(csv(`1,Now,${origin.url}/now.jpg`, `2,Later,${origin.url}/later.jpg`));
    const first = await ended(id);
    origin.answers.delete('/later.jpg');
    const { retryFailedImages } = await client.get(RetryFailedImagesDocument, { id });
    expect(retryFailedImages.request).toMatchObject({ status: 'PROCESSING' });
    const second = await ended(id);
    expect(second).toMatchObject({ status: 'COMPLETED', counts: { completed: 2, failed: 0, total: 2 } });
    expect(second?.revision).toBeGreaterThan(first?.revision ?? 0);
    expect(origin.hits.get('/now.jpg')).toBe(1);
    expect(await (await fetch(second?.outputCsvUrl ?? '')).text()).not.toContain('Errors');
    const again = await client.send(RetryFailedImagesDocument, { id });
    expect(again.errors?.[0]?.extensions?.['code']).toBe('CONFLICT');
  });

  it('deleting takes the request, its products and its files away', async () => {
    const id = await uploaded(csv(`1,Lamp,${origin.url}/delete.jpg`));
    await ended(id);
    const { request } = await client.get(GetImagesDocument, { id });
    const image = request?.images.nodes[0];
    await client.get(DeleteRequestDocument, { id });
    expect((await client.get(GetRequestDocument, { id })).request).toBeNull();
    expect((await client.get(GetNodeDocument, { id: image?.id ?? '' })).node).toBeNull();
    await waitFor('the file to be gone', async () => (await fetch(image?.compressed?.url ?? '')).status === 404);
  });

  it('an idempotency key gives the same request for the same file, and an error for another', async () => {
    const text = csv(`1,Lamp,${origin.url}/key.jpg`);
    const options = { idempotencyKey: 'order-1' };
    const ids = await Promise.all(Array.from({ length: 50 }, () => uploaded(text, options)));
    expect(new Set(ids).size).toBe(1);
    const other = await client.upload(UploadCsvDocument, csv(`2,Other,${origin.url}/key.jpg`), { options });
    expect(other.errors?.[0]?.extensions?.['code']).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('an upload that is sent again under its key hears again which rows were left out', async () => {
    const text = csv(`1,Lamp,${origin.url}/skip.jpg`, '2,Chair,no-url', '3,,x');
    const options = { idempotencyKey: 'skip-1', invalidRows: 'SKIP_ROW' } as const;
    const { data: first } = await client.upload(UploadCsvDocument, text, { options });
    const { data: again } = await client.upload(UploadCsvDocument, text, { options });
    expect(again?.uploadCsv).toMatchObject({ request: { id: first?.uploadCsv.request?.id }, userErrorCount: 3 });
    expect(again?.uploadCsv.userErrors).toEqual(first?.uploadCsv.userErrors);
    const { data: strict } = await client.upload(UploadCsvDocument, text, { options: { idempotencyKey: 'skip-1' } });
    expect(strict?.uploadCsv.request?.id).toBe(first?.uploadCsv.request?.id);
  });

  it.each([
    ['a row that cannot be taken', '1,Lamp,no-url'],
    ['a quote without an end', '1,"Lamp,http://x.example/a.jpg'],
    ['no rows'],
  ])('a key that is used is said to be, also where the other file has %s', async (_, ...rows) => {
    const options = { idempotencyKey: 'order-2' };
    await uploaded(csv(`1,Lamp,${origin.url}/key.jpg`), options);
    const bad = await client.upload(UploadCsvDocument, csv(...rows), { options });
    expect(bad.errors?.[0]?.extensions?.['code']).toBe('IDEMPOTENCY_KEY_REUSED');
    const fresh = await client.upload(UploadCsvDocument, csv(...rows), { options: { idempotencyKey: 'order-3' } });
    expect(fresh.data?.uploadCsv).toMatchObject({ request: null, userErrorCount: 1 });
  });

  it('every id that is given out finds its thing by node(id)', async () => {
    const id = await uploaded(csv(`1,Lamp,${origin.url}/node.jpg`));
    await ended(id);
    const { request } = await client.get(GetProductsDocument, { id });
    const product = request?.products.nodes[0];
    for (const [type, nodeId] of [
      ['Request', id],
      ['Product', product?.id],
      ['Image', product?.images[0]?.id],
    ]) {
      expect((await client.get(GetNodeDocument, { id: nodeId ?? '' })).node).toEqual({ __typename: type, id: nodeId });
    }
  });

  it('pages of requests go forward and back by stable cursors, newest first', async () => {
    for (let row = 0; row < 5; row++) await uploaded(csv(`${row},Lamp,${origin.url}/page.jpg`));
    const all = (await client.get(ListRequestsDocument, { first: 5 })).requests;
    const head = (await client.get(ListRequestsDocument, { first: 2 })).requests;
    const next = (await client.get(ListRequestsDocument, { first: 3, after: head.pageInfo.endCursor ?? null }))
      .requests;
    expect([...head.nodes, ...next.nodes].map(({ id }) => id)).toEqual(all.nodes.map(({ id }) => id));
    const back = (await client.get(ListRequestsDocument, { last: 2, before: next.pageInfo.startCursor ?? null }))
      .requests;
    expect(back.nodes.map(({ id }) => id)).toEqual(head.nodes.map(({ id }) => id));
    for (const variables of [
      { first: 0 },
      { first: 101 },
      { first: 1, last: 1 },
      { first: 1, after: 'x' },
      { after: '' },
    ]) {
      const { errors } = await client.send(ListRequestsDocument, variables);
      expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    }
    const id = all.nodes[0]?.id ?? '';
    for (const list of [GetProductsDocument, GetImagesDocument]) {
      const { errors } = await client.send<unknown, { id: string; after: string }>(list, { id, after: '' });
      expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'after' });
    }
  });
});

describe('live status', () => {
  it('begins with the present state, never goes back, names each finished image once, and ends with the terminal state', async () => {
    const rows = Array.from({ length: 60 }, (_, row) => `${row},Live,${origin.url}/live-${row}.jpg`);
    const id = await uploaded(csv(...rows));
    const [early, twice] = await Promise.all([watched(id), watched(id)]);
    for (const events of [early, twice]) {
      const revisions = events.map((event) => event.request.revision);
      expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
      expect(new Set(events.map((event) => event.request.status)).size).toBeGreaterThan(1);
      expect(events.at(-1)?.request).toMatchObject({ status: 'COMPLETED', counts: { completed: 60 } });
      const finished = events.flatMap((event) => event.finishedImages.map((image) => image.id));
      expect(new Set(finished).size).toBe(finished.length);
      // What had ended before the first event is in its counts.
      expect(finished.length + (events[0]?.request.counts.completed ?? 0)).toBe(60);
    }
    const late = await watched(id);
    expect(late).toHaveLength(1);
    expect(late[0]?.request).toEqual(early.at(-1)?.request);
  });

  it('ends with NOT_FOUND for an unknown id', async () => {
    const events = client.subscribe(RequestStatusDocument, { id: '00000000-0000-4000-8000-000000000000' });
    const { value } = await events.next();
    expect(value.errors[0].extensions).toEqual({ code: 'NOT_FOUND' });
    await events.return?.();
  });
});
