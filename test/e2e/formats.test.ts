import FormData from 'form-data';
import { CheckCsvDocument, GetProductsDocument, GetRequestDocument } from '../generated/graphql.js';
import { buildXlsx } from '../support/build-xlsx.js';
import { createGraphQLClient, type GraphQLTestClient } from '../support/graphql-client.js';
import { shopifyExport, wooCommerceExport } from '../support/shop-exports.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';
import { unzip } from '../support/unzip.js';

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

/** Uploads over REST, waits for the end, and answers what is known of the request then. */
async function processed(file: string | Buffer, fileName: string, fields: Record<string, string> = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', file, { filename: fileName });
  const init = { method: 'POST', body: new Uint8Array(form.getBuffer()), headers: form.getHeaders() };
  const answer = (await (await fetch(`${service.url}/api/upload`, init)).json()) as { requestId: string };
  if (!answer.requestId) throw new Error(JSON.stringify(answer));
  await (await fetch(`${service.url}/api/status/${answer.requestId}/events`)).text();
  const { request } = await client.get(GetRequestDocument, { id: answer.requestId });
  if (!request) throw new Error('there is no such request');
  const [output, errors] = await Promise.all(
    // As bytes: `text()` would take the byte order mark away.
    [request.outputCsvUrl, request.errorsCsvUrl].map(async (url) =>
      Buffer.from(await (await fetch(url ?? '')).arrayBuffer()).toString(),
    ),
  );
  return { request, output: output ?? '', errors: errors ?? '' };
}

async function productsOf(id: string) {
  const { request } = await client.get(GetProductsDocument, { id });
  return (request?.products.nodes ?? []).map(({ serialNumber, name, images }) => ({
    serialNumber,
    name,
    images: images.map(({ sourceUrl }) => sourceUrl.slice(sourceUrl.lastIndexOf('/') + 1)),
    made: images.map(({ compressed }) => compressed?.url ?? null),
  }));
}

describe('a Shopify export', () => {
  it('is products of several rows, and comes back with its new URLs in place, to be imported', async () => {
    const file = shopifyExport(origin.url);
    const { data } = await client.upload(CheckCsvDocument, file, {});
    expect(data?.checkCsv).toMatchObject({ dialect: 'SHOPIFY', rows: 5, imageUrls: 3, warningCount: 0 });
    const { request, output } = await processed(file, 'products_export.csv', { replaceUrls: 'true' });
    expect(request).toMatchObject({ status: 'COMPLETED', dialect: 'SHOPIFY', counts: { rows: 5, completed: 3 } });
    const products = await productsOf(request.id);
    expect(products).toMatchObject([
      { serialNumber: 'lamp', name: 'Lamp, "red"', images: ['lamp-1.jpg', 'lamp-2.jpg'] },
      { serialNumber: 'chair', name: 'Chair', images: ['chair.jpg'] },
      { serialNumber: 'gift-card', name: 'Gift card', images: [] },
    ]);
    const [lamp, chair] = products.map(({ made }) => made);
    const expected = file
      .replace(`${origin.url}/lamp-1.jpg`, String(lamp?.[0]))
      .replace(`${origin.url}/lamp-2.jpg`, String(lamp?.[1]))
      .replace(`${origin.url}/chair.jpg`, String(chair?.[0]));
    expect(output).toBe(expected);

    const again = await processed(output, 'products_export.csv', { replaceUrls: 'true' });
    expect(again.request).toMatchObject({ status: 'COMPLETED', dialect: 'SHOPIFY', counts: { completed: 3 } });
  });
});

describe('a WooCommerce export', () => {
  it('is a product for each row, and keeps its columns', async () => {
    const file = wooCommerceExport(origin.url);
    const { request, output } = await processed(file, 'wc-products.csv');
    expect(request).toMatchObject({ status: 'COMPLETED', dialect: 'WOOCOMMERCE', counts: { rows: 4, total: 3 } });
    const products = await productsOf(request.id);
    expect(products.map(({ serialNumber, images }) => [serialNumber, ...images])).toEqual([
      ['TEE', 'tee.jpg', 'tee-back.jpg'],
      ['12', 'tee-red.jpg'],
      ['13'],
      ['MUG', 'tee.jpg'],
    ]);
    const lines = output.split('\n');
    expect(lines[0]).toBe(`${file.split('\n')[0]},Output Image Urls`);
    expect(lines[1]).toBe(`${file.split('\n')[1]},"${products[0]?.made.join(',')}"`);
    expect(lines[3]).toBe(`${file.split('\n')[3]},`);
  });

  it('keeps the old URL of an image that failed, where URLs are replaced, and can be taken again', async () => {
    const file = `SKU,Name,Images\nA,Lamp,"${origin.url}/ok.jpg, ${origin.url}/gone.jpg"\n`;
    const { request, output } = await processed(file, 'wc.csv', { replaceUrls: '1' });
    const [product] = await productsOf(request.id);
    expect(output).toBe(`SKU,Name,Images\nA,Lamp,"${product?.made[0]},${origin.url}/gone.jpg"\n`);
    const again = await processed(output, 'wc.csv', { replaceUrls: 'true' });
    expect(again.request.counts).toMatchObject({ rows: 1, completed: 1, failed: 1 });
  });
});

describe('an Excel file', () => {
  const file = () =>
    buildXlsx({
      rows: [
        ['S. No.', 'Product Name', 'Input Image Urls', 'Note'],
        ['1', 'Lämp', `${origin.url}/a.jpg, ${origin.url}/b.jpg`],
        ['2', 'Chair', `${origin.url}/w_1,h_2.jpg`, 'last'],
      ],
      otherSheets: [{ name: 'Old' }],
    });

  it('is worked on as a CSV is, and given back as it came', async () => {
    const { request, output } = await processed(file(), 'spring.xlsx');
    expect(request).toMatchObject({ status: 'COMPLETED', dialect: 'PLAIN', counts: { rows: 2, completed: 3 } });
    expect(request.warningCount).toBe(2);
    expect(request.warnings).toMatchObject([
      { code: 'SHEETS_LEFT_OUT', row: null },
      { code: 'COMMA_IN_URL', row: 2, column: 'Input Image Urls' },
    ]);
    const products = await productsOf(request.id);
    expect(output).toBe(
      [
        '\ufeffS. No.,Product Name,Input Image Urls,Note,Output Image Urls',
        `1,Lämp,"${origin.url}/a.jpg, ${origin.url}/b.jpg",,"${products[0]?.made.join(',')}"`,
        `2,Chair,"${origin.url}/w_1,h_2.jpg",last,${products[1]?.made[0]}`,
        '',
      ].join('\r\n'),
    );
    const input = await fetch(`${service.url}/api/requests/${request.id}/input.csv`);
    expect(input.headers.get('content-type')).toContain('spreadsheetml.sheet');
    expect(input.headers.get('content-disposition')).toContain('spring.xlsx');
    expect(Buffer.from(await input.arrayBuffer()).equals(file())).toBe(true);
  });
});

describe('a file in Windows-1252', () => {
  it('is taken with a warning, and its output is in UTF-8 with a mark, so that Excel knows', async () => {
    const file = Buffer.from(`No,Name,Images\n1,Bär,${origin.url}/a.jpg\n`, 'latin1');
    const { data } = await client.upload(CheckCsvDocument, file, {});
    expect(data?.checkCsv).toMatchObject({ rows: 1, warningCount: 1, warnings: [{ code: 'ENCODING', row: null }] });
    const { request, output } = await processed(file, 'bears.csv');
    expect(request.warnings).toMatchObject([{ code: 'ENCODING' }]);
    expect(output).toMatch(/^\ufeffNo,Name,Images,Output Image Urls\n1,Bär,/);
  });
});

describe('results.zip', () => {
  it('holds each image of each product, by its name, as it is served', async () => {
    const file = `No,Name,Images\n1,"Lamp / red","${origin.url}/a.jpg,${origin.url}/gone.jpg,${origin.url}/b.jpg"\n2,Chair,${origin.url}/a.jpg\n`;
    const { request } = await processed(file, 'spring list.csv', { format: 'webp' });
    const answer = await fetch(request.resultsZipUrl ?? '');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip']);
    expect(answer.headers.get('content-disposition')).toContain('spring list-results.zip');
    const files = await unzip(new Uint8Array(await answer.arrayBuffer()));
    expect(files.map(({ name }) => name)).toEqual(['1-Lamp-red-1.webp', '1-Lamp-red-3.webp', '2-Chair-1.webp']);
    const made = (await productsOf(request.id)).flatMap((product) => product.made).filter((url) => url !== null);
    for (const [index, { bytes, isStored }] of files.entries()) {
      expect(isStored).toBe(true);
      expect(bytes.equals(Buffer.from(await (await fetch(made[index] ?? '')).arrayBuffer()))).toBe(true);
    }
    const head = await fetch(request.resultsZipUrl ?? '', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'application/zip']);
  });

  it('and errors.csv are answered with CONFLICT while the request has not ended', async () => {
    let answerImage: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      origin.answers.set('/slow.jpg', (_, response) => {
        answerImage = () => response.writeHead(404).end();
        resolve();
      });
    });
    const form = new FormData();
    form.append('file', `No,Name,Images\n1,Slow,${origin.url}/slow.jpg\n`, { filename: 'slow.csv' });
    const init = { method: 'POST', body: new Uint8Array(form.getBuffer()), headers: form.getHeaders() };
    const { requestId } = (await (await fetch(`${service.url}/api/upload`, init)).json()) as { requestId: string };
    await asked;
    const { request } = await client.get(GetRequestDocument, { id: requestId });
    expect(request).toMatchObject({ resultsZipUrl: null, errorsCsvUrl: null });
    for (const name of ['results.zip', 'errors.csv']) {
      const answer = await fetch(`${service.url}/api/requests/${requestId}/${name}`);
      expect(answer.status).toBe(409);
      expect(await answer.json()).toMatchObject({ error: { code: 'CONFLICT' } });
    }
    answerImage();
    await (await fetch(`${service.url}/api/status/${requestId}/events`)).text();
    expect(await unzip(new Uint8Array(await zipOf(requestId)))).toEqual([]);
  });

  const zipOf = async (id: string) => (await fetch(`${service.url}/api/requests/${id}/results.zip`)).arrayBuffer();
});

describe('errors.csv', () => {
  it('has the rows that went wrong, in the columns of the input, and can be mended and uploaded again', async () => {
    const file = [
      'Note;No;Name;Images;Errors',
      `x;1;Lamp;${origin.url}/a.jpg;old`,
      `"=y;z";2;Chair;${origin.url}/a.jpg,${origin.url}/gone.jpg;old`,
      ';3;;ftp://x;old',
      '',
    ].join('\r\n');
    const { request, errors } = await processed(file, 'spring.csv', { invalidRows: 'skip_row' });
    expect(request).toMatchObject({ status: 'COMPLETED', skippedRowCount: 1, counts: { completed: 1, failed: 1 } });
    expect(errors).toBe(
      [
        'Note;No;Name;Images;Errors',
        `"=y;z";2;Chair;${origin.url}/a.jpg,${origin.url}/gone.jpg;${origin.url}/gone.jpg HTTP_ERROR: The server answered 404 Not Found.`,
        ';3;;ftp://x;"Row 3: “Name” is empty. | Row 3: “ftp://x” is not an http or https URL."',
        '',
      ].join('\r\n'),
    );
    const mended = errors.replaceAll('/gone.jpg', '/b.jpg').replace(';3;;ftp://x;', `;3;Table;${origin.url}/c.jpg;`);
    const again = await processed(mended, 'spring-errors.csv');
    expect(again.request).toMatchObject({ status: 'COMPLETED', skippedRowCount: 0, counts: { rows: 2, completed: 3 } });
    expect(again.errors).toBe('Note;No;Name;Images;Errors\r\n');
  });
});
