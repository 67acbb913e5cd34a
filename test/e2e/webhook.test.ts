import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { GetWebhookDocument, RedeliverWebhookDocument, UploadCsvDocument } from '../generated/graphql.js';
import { createGraphQLClient } from '../support/graphql-client.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

let origin: Origin;
let service: Service;
let receiver: Server;
let url: string;
let status: number;
let got: { headers: Record<string, string>; body: string }[];

beforeEach(async () => {
  got = [];
  status = 200;
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    got.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(chunks).toString() });
    response.writeHead(status).end();
  });
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  origin = await startOrigin();
  service = await startService({ WEBHOOK_SECRET: SECRET });
});
afterEach(async () => {
  expect(await service.stop()).toBe(0);
  await origin.close();
  receiver.closeAllConnections();
  await new Promise((closed) => receiver.close(closed));
});

async function uploaded(webhookUrl: string | null): Promise<string> {
  const csv = `No,Name,Images\n1,Lamp,${origin.url}/lamp.jpg\n`;
  const { data } = await createGraphQLClient(service.url).upload(UploadCsvDocument, csv, { options: { webhookUrl } });
  return data?.uploadCsv.request?.id ?? '';
}

const webhookOf = async (id: string) =>
  (await createGraphQLClient(service.url).get(GetWebhookDocument, { id })).request?.webhook;

describe('the webhook of a request', () => {
  it('is told its end; its state is there to see; and it is told again when asked, under the same id', async () => {
    const id = await uploaded(url);
    const client = createGraphQLClient(service.url);
    await waitFor('the webhook to be told', async () => (await webhookOf(id))?.status === 'DELIVERED');
    expect(await webhookOf(id)).toMatchObject({ url, attempts: 1, lastError: null, lastAttemptAt: expect.any(String) });
    const { redeliverWebhook } = await client.get(RedeliverWebhookDocument, { id });
    expect(redeliverWebhook.request).toMatchObject({ id, status: 'COMPLETED' });
    await waitFor('the webhook to be told again', () => got.length === 2);
    await waitFor('that to be recorded', async () => (await webhookOf(id))?.status === 'DELIVERED');
    expect(got[1]?.headers['webhook-id']).toBe(got[0]?.headers['webhook-id']);
    for (const { headers, body } of got) {
      expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({
        type: 'request.completed',
        data: { requestId: id },
      });
    }
  });

  it('that could not be told is tried again after a restart: its next try stands in the database', async () => {
    status = 500;
    const id = await uploaded(url);
    await waitFor('the first try to be recorded', async () => (await webhookOf(id))?.lastError);
    expect(await webhookOf(id)).toMatchObject({
      status: 'PENDING',
      attempts: 1,
      lastError: 'The server answered 500.',
    });
    service = await service.killAndRestart();
    status = 204;
    await waitFor('the webhook to be told', async () => (await webhookOf(id))?.status === 'DELIVERED');
    expect(await webhookOf(id)).toMatchObject({ attempts: 2, lastError: null });
    expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('cannot be told again where none was asked for, or the request is not there', async () => {
    const id = await uploaded(null);
    const client = createGraphQLClient(service.url);
    const codeFor = async (of: string) =>
      (await client.send(RedeliverWebhookDocument, { id: of })).errors?.[0]?.extensions;
    expect(await codeFor(id)).toEqual({ code: 'CONFLICT' });
    expect(await codeFor('00000000-0000-4000-8000-000000000000')).toEqual({ code: 'NOT_FOUND' });
  });
});
