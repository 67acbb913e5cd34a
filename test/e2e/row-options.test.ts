import FormData from 'form-data';
import sharp from 'sharp';
import {
  CheckCsvDocument,
  GetImagesDocument,
  GetProductsDocument,
  GetRequestDocument,
  RetryFailedImagesDocument,
  UploadCsvDocument,
} from '../generated/graphql.js';
import { createGraphQLClient, type GraphQLTestClient } from '../support/graphql-client.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';

let origin: Origin;
let service: Service;
let client: GraphQLTestClient;

beforeAll(async () => {
  origin = await startOrigin();
  origin.answers.set('/gone.jpg', (_, response) => response.writeHead(404).end());
  service = await startService();
  client = createGraphQLClient(service.url);
});
afterAll(async () => {
  expect(await service.stop()).toBe(0);
  await origin.close();
});

/** Uploads over REST, and waits for the end. */
async function processed(file: string, fields: Record<string, string>): Promise<string> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', file, { filename: 'list.csv' });
  const init = { method: 'POST', body: new Uint8Array(form.getBuffer()), headers: form.getHeaders() };
  const answer = (await (await fetch(`${service.url}/api/upload`, init)).json()) as { requestId: string };
  await (await fetch(`${service.url}/api/status/${answer.requestId}/events`)).text();
  return answer.requestId;
}

describe('similarity', () => {
  const alike = async (id: string) => (await client.get(GetRequestDocument, { id })).request?.similarity;
  const imagesOf = async (id: string) => {
    const { request } = await client.get(GetImagesDocument, { id });
    return (request?.images.nodes ?? []).filter(({ status }) => status === 'COMPLETED');
  };

  it('is not measured unless it is asked for', async () => {
    const id = await processed(`No,Name,Images\n1,A,${origin.url}/a.jpg\n`, {});
    expect(await alike(id)).toBeNull();
    expect((await imagesOf(id)).map(({ similarity }) => similarity)).toEqual([null]);
  });

  it('is told of each image and of the request, and a recount finds the same again', async () => {
    const rows = ['', '0,5', '0.9', '1'].map((floor, at) => `${at};A;${origin.url}/s${at}.jpg;${floor}`);
    const file = ['No;Name;Images;minSimilarity', ...rows, `9;B;${origin.url}/gone.jpg;`, ''].join('\n');
    const id = await processed(file, { measureSimilarity: 'true' });
    const images = await imagesOf(id);
    const found = images.map(({ similarity }) => similarity ?? 0);
    expect(found).toHaveLength(4);
    expect(found[1]).toBeGreaterThanOrEqual(0.5);
    expect(found[1]).toBeLessThan(found[2] ?? 0);
    expect(found[2]).toBeGreaterThanOrEqual(0.9);
    expect(found[3]).toBe(1);
    const sum = found.reduce((all, each) => all + Math.round(each * 1000), 0);
    const told = { images: 4, mean: Math.floor(sum / 4) / 1000, worst: Math.min(...found) };
    expect(await alike(id)).toEqual(told);
    const { similarity } = (await (await fetch(`${service.url}/api/status/${id}`)).json()) as { similarity: object };
    expect(similarity).toEqual(told);

    // Counts the images anew.
    await client.get(RetryFailedImagesDocument, { id });
    await (await fetch(`${service.url}/api/status/${id}/events`)).text();
    expect(await alike(id)).toEqual(told);
  });

  it('of one row alone is that of its images', async () => {
    const file = `No,Name,Images,minSimilarity\n1,A,${origin.url}/t1.jpg,\n2,B,${origin.url}/t2.jpg,0.6\n`;
    const id = await processed(file, {});
    expect(await alike(id)).toMatchObject({ images: 1 });
    expect((await imagesOf(id)).map(({ similarity }) => similarity === null)).toEqual([true, false]);
  });
});

describe('a row with options of its own', () => {
  it('has its images made by them, and the others by those of the request', async () => {
    const url = `${origin.url}/a.jpg`;
    const file = [
      'No,Name,Images,Format,Quality,maxDimension,Note',
      `1,Request’s,${url},,,,n1`,
      `2,WebP,${url},WEBP,,,n2`,
      `3,Small,${url},,40,320,n3`,
      `4,Same as 2,${url},webp,,,n4`,
      `5,As the request,${url},JPEG,,,n5`,
      `6,Gone,${origin.url}/gone.jpg,WEBP,,,n6`,
      '',
    ].join('\n');
    const id = await processed(file, { format: 'jpeg', maxDimension: '500' });
    const { request } = await client.get(GetRequestDocument, { id });
    expect(request).toMatchObject({
      status: 'COMPLETED',
      optionColumns: ['Format', 'Quality', 'maxDimension'],
      // The rows 1 and 5, and 2 and 4, come to the same image.
      counts: { rows: 6, imageUrls: 6, total: 4, completed: 3, failed: 1 },
    });
    const products = (await client.get(GetProductsDocument, { id })).request?.products.nodes ?? [];
    const [first, webp, small, alsoWebp, alsoFirst] = products.map(({ images }) => images[0]);
    expect(first).toMatchObject({ compressed: { format: 'jpeg', width: 500 }, rowOptions: null });
    expect(webp).toMatchObject({ compressed: { format: 'webp', width: 500 }, rowOptions: { format: 'WEBP' } });
    expect(small).toMatchObject({
      compressed: { format: 'jpeg', width: 320 },
      rowOptions: { format: null, quality: 40, maxDimension: 320, keepMetadata: null, minSimilarity: null },
    });
    expect(alsoWebp?.id).toBe(webp?.id);
    expect(alsoFirst?.id).toBe(first?.id);
    expect(new Set([first?.id, webp?.id, small?.id]).size).toBe(3);

    const output = await (await fetch(request?.outputCsvUrl ?? '')).text();
    const lines = output.trimEnd().split('\n');
    expect(lines[0]).toBe('No,Name,Images,Format,Quality,maxDimension,Note,Output Image Urls,Errors');
    expect(lines[3]).toBe(`3,Small,${url},,40,320,n3,${small?.compressed?.url},`);
    const urls = lines.slice(1).map((line) => line.split(',')[7]);
    expect(urls).toEqual([first, webp, small, webp, first].map((image) => image?.compressed?.url).concat(''));
    expect(lines[6]).toContain('HTTP_ERROR');
    const made = await sharp(Buffer.from(await (await fetch(urls[1] ?? '')).arrayBuffer())).metadata();
    expect(made).toMatchObject({ format: 'webp', width: 500 });
    const errors = await (await fetch(request?.errorsCsvUrl ?? '')).text();
    expect(errors.trimEnd().split('\n')).toHaveLength(2);
  });

  it('is told of by checkCsv, and named by row and column where a cell cannot be', async () => {
    const file = `No,Name,Images,Quality\n1,A,${origin.url}/a.jpg,50\n2,B,${origin.url}/b.jpg,best\n`;
    const { data } = await client.upload(CheckCsvDocument, file, {});
    const error = { code: 'INVALID_OPTION', row: 2, column: 'Quality' };
    expect(data?.checkCsv).toMatchObject({ optionColumns: ['Quality'], rows: 1, userErrors: [error] });
    const refused = await client.upload(UploadCsvDocument, file, {});
    expect(refused.data?.uploadCsv).toMatchObject({ request: null, userErrors: [error] });
  });
});
