import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { GetRequestDocument, RequestStatusDocument, UploadCsvDocument } from '../generated/graphql.js';
import { createGraphQLClient } from '../support/graphql-client.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { newDataDir, startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const STOP_LIMIT_MS = 15_000;
let origin: Origin;

beforeAll(async () => {
  origin = await startOrigin();
});
afterAll(() => origin.close());

async function uploaded(url: string, paths: readonly string[]): Promise<string> {
  const rows = paths.map((path, row) => `${row},Item,${origin.url}${path}`);
  const { data } = await createGraphQLClient(url).upload(UploadCsvDocument, ['No,Name,Images', ...rows].join('\n'), {
    options: {},
  });
  return data?.uploadCsv.request?.id ?? '';
}

describe('SIGTERM', () => {
  it('hands back the images in work, ends subscriptions so that clients come back, and exits with 0', async () => {
    origin.answers.set('/held.jpg', () => undefined);
    const dataDir = newDataDir();
    const service = await startService({}, dataDir);
    const id = await uploaded(service.url, [
      '/held.jpg',
      ...Array.from({ length: 30 }, (_, row) => `/stop-${row}.jpg`),
    ]);
    const closes: number[] = [];
    const client = createClient({
      url: `${service.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      on: { closed: (event) => closes.push((event as { code: number }).code) },
    });
    const events = client.iterate({ query: `subscription { requestStatus(id: "${id}") { request { status } } }` });
    await events.next();
    await waitFor('the image to be in work', () => origin.hits.get('/held.jpg'));
    const started = Date.now();
    service.process.kill('SIGTERM');
    const [code] = await once(service.process, 'exit');
    expect(code).toBe(0);
    expect(Date.now() - started).toBeLessThan(STOP_LIMIT_MS);
    await waitFor('the socket to be closed', () => closes.length > 0);
    expect(closes).toEqual([1001]);

    origin.answers.delete('/held.jpg');
    const again = await startService({}, dataDir);
    let last: { status: string; counts: { completed: number } } | undefined;
    for await (const { data } of createGraphQLClient(again.url).subscribe(RequestStatusDocument, { id })) {
      last = data?.requestStatus.request;
    }
    expect(last).toMatchObject({ status: 'COMPLETED', counts: { completed: 31 } });
    expect(await again.stop()).toBe(0);
  }, 60_000);

  it('lets an upload that is on its way end', async () => {
    const dataDir = newDataDir();
    const service = await startService({}, dataDir);
    const boundary = 'form';
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nNo,Name,Images\n`;
    const { port } = new URL(service.url);
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}`, connection: 'close' };
    const upload = httpRequest({ port, method: 'POST', path: '/api/upload', headers });
    upload.write(head);
    await waitFor('the upload to have begun', () => upload.socket?.bytesWritten);
    service.process.kill('SIGTERM');
    await waitFor('the stop to have begun', () => service.log.some((line) => line.includes('"stopping"')));
    upload.end(`1,Lamp,${origin.url}/late.jpg\n\r\n--${boundary}--\r\n`);
    const [response] = await once(upload, 'response');
    expect(response.statusCode).toBe(202);
    const [code] = await once(service.process, 'exit');
    expect(code).toBe(0);
    const again = await startService({}, dataDir);
    const id = String(response.headers.location).split('/').at(-1) ?? '';
    const client = createGraphQLClient(again.url);
    await waitFor('its end', async () => {
      const { request } = await client.get(GetRequestDocument, { id });
      return request?.status === 'COMPLETED';
    });
    await again.stop();
  }, 60_000);
});
