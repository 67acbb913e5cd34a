import { RequestStatusDocument, UploadCsvDocument } from '../generated/graphql.js';
import { createGraphQLClient } from '../support/graphql-client.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const QUICK = { RECONCILE_EVERY_MS: '1000' };
/** How long a request lives, in milliseconds: longer than a slow machine takes to make its images. */
const LIFE_MS = 20_000;

let origin: Origin;

beforeAll(async () => {
  origin = await startOrigin();
});
afterAll(() => origin.close());

const csvOf = (count: number, path: string) =>
  ['No,Name,Images', ...Array.from({ length: count }, (_, row) => `${row},Item,${origin.url}/${path}-${row}.jpg`)].join(
    '\n',
  );

async function upload(service: Service, csv: string, lifeMs: number) {
  const client = createGraphQLClient(service.url);
  const options = { expiresAt: new Date(Date.now() + lifeMs).toISOString() };
  const { data, errors } = await client.upload(UploadCsvDocument, csv, { options });
  if (!data?.uploadCsv.request) throw new Error(JSON.stringify(errors));
  return data.uploadCsv.request.id;
}

async function statuses(service: Service, id: string) {
  const seen = [];
  for await (const { data } of createGraphQLClient(service.url).subscribe(RequestStatusDocument, { id })) {
    seen.push(data?.requestStatus.request);
  }
  return seen;
}

const restOf = (service: Service, id: string) => fetch(`${service.url}/api/status/${id}?products=true`);

it('a request goes when its time is over, though the service is killed meanwhile, and its files with it', async () => {
  let service = await startService(QUICK);
  try {
    const id = await upload(service, csvOf(20, 'expires'), LIFE_MS);
    expect((await statuses(service, id)).at(-1)).toMatchObject({ status: 'COMPLETED', counts: { completed: 20 } });
    const status = (await (await restOf(service, id)).json()) as {
      expiresAt: string;
      outputCsvUrl: string;
      products: { outputImageUrls: string[] }[];
    };
    expect(Date.parse(status.expiresAt)).toBeLessThanOrEqual(Date.now() + LIFE_MS);
    const urls = status.products.flatMap(({ outputImageUrls }) => outputImageUrls);
    expect((await fetch(urls[0] ?? '')).status).toBe(200);
    await waitFor(
      'the first to be removed',
      () => service.log.some((line) => line.includes('request expired')),
      2 * LIFE_MS,
    );
    service = await service.killAndRestart();
    expect((await restOf(service, id)).status).toBe(404);
    await waitFor('every image to go', async () => {
      // A connection that is kept from before the kill is closed by the other side.
      const ask = (url: string) => fetch(url, { headers: { connection: 'close' } }).catch(() => null);
      const answers = await Promise.all(urls.map(async (url) => (await ask(url))?.status));
      return answers.every((answer) => answer === 404);
    });
    expect((await fetch(status.outputCsvUrl)).status).toBe(404);
  } finally {
    await service.stop();
  }
}, 120_000);

it('a request that is still at work when its time is over is cancelled, which its watchers see, and goes', async () => {
  // What is in work ends before the request does.
  const service = await startService({ ...QUICK, FETCH_TIMEOUT_MS: '5000' });
  try {
    origin.answers.set('/hangs-0.jpg', () => undefined);
    const id = await upload(service, csvOf(1, 'hangs'), 1_500);
    const watching = statuses(service, id);
    await waitFor('the cancellation', () => service.log.some((line) => line.includes('its time is over')));
    for (const status of ['CANCELLING', 'CANCELLED']) {
      expect((await watching).map((request) => request?.status)).toContain(status);
    }
    await waitFor('the request to go', async () => (await restOf(service, id)).status === 404);
  } finally {
    await service.stop();
  }
}, 60_000);

it('a moment that is past is refused, over REST too', async () => {
  const service = await startService();
  try {
    await expect(upload(service, csvOf(1, 'past'), -60_000)).rejects.toThrow(/BAD_USER_INPUT.*expiresAt/);
    const form = new FormData();
    form.append('file', new Blob([csvOf(1, 'past')]), 'a.csv');
    form.append('expiresAt', 'yesterday');
    const response = await fetch(`${service.url}/api/upload`, { method: 'POST', body: form });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'BAD_USER_INPUT', field: 'expiresAt' } });
  } finally {
    await service.stop();
  }
});
