import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  CancelRequestDocument,
  GetRequestDocument,
  RequestStatusDocument,
  UploadCsvDocument,
} from '../generated/graphql.js';
import { createGraphQLClient } from '../support/graphql-client.js';
import { holdAnswer } from '../support/hold-answer.js';
import { startOrigin } from '../support/start-origin.js';
import { startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const KEY = 'kept-1';

/** A request of four rows with two images each that waits for its last image. */
async function openRequest() {
  const origin = await startOrigin();
  const service = await startService();
  const release = holdAnswer(origin, '/held.jpg');
  const urls = (row: number) => `"${origin.url}/${row}.jpg ${origin.url}/${row === 4 ? 'held' : `${row}-b`}.jpg"`;
  const csv = `No,Name,Images\n${[1, 2, 3, 4].map((row) => `${row},Item ${row},${urls(row)}\n`).join('')}`;
  const { data } = await createGraphQLClient(service.url).upload(UploadCsvDocument, csv, {
    options: { idempotencyKey: KEY },
  });
  return { origin, service, release, csv, id: data?.uploadCsv.request?.id ?? '' };
}

async function endOf(url: string, id: string) {
  const subscription = createGraphQLClient(url).subscribe(RequestStatusDocument, { id });
  let last: { status: string; outputCsvUrl: string | null; error: object | null } | undefined;
  for await (const { data } of subscription) last = data?.requestStatus.request;
  return last;
}

it('a file that was taken is read to the end by the limits that it was taken under, whatever they are by then', async () => {
  const { origin, service, release, csv, id } = await openRequest();
  const restarted = await service.stopAndRestart({ MAX_ROWS: '2', MAX_IMAGES_PER_ROW: '1' });
  try {
    // Sent again it is refused by those of now, and not taken for another file.
    const options = { idempotencyKey: KEY };
    const again = await createGraphQLClient(restarted.url).upload(UploadCsvDocument, csv, { options });
    expect(again).toMatchObject({ data: { uploadCsv: { request: null, userErrors: [{ code: 'TOO_MANY_ROWS' }] } } });
    release();
    expect(await endOf(restarted.url, id)).toMatchObject({
      status: 'COMPLETED',
      counts: { rows: 4, total: 8, completed: 7, failed: 1, cancelled: 0 },
    });
    const output = await (await fetch(`${restarted.url}/api/requests/${id}/output.csv`)).text();
    expect(output.match(/-compressed-/g)).toHaveLength(7);
    const errors = await (await fetch(`${restarted.url}/api/requests/${id}/errors.csv`)).text();
    expect(errors.trim().split('\n')).toHaveLength(2);
  } finally {
    await restarted.stop();
    await origin.close();
  }
});

it('a request whose upload is lost can be cancelled, and ends without an output CSV', async () => {
  const { origin, service, release, id } = await openRequest();
  try {
    const client = createGraphQLClient(service.url);
    await waitFor('its expansion', async () => (await client.get(GetRequestDocument, { id })).request?.counts.total);
    rmSync(join(service.dataDir, 'objects', 'uploads', `${id}.csv`));
    await client.get(CancelRequestDocument, { id });
    release();
    expect(await endOf(service.url, id)).toMatchObject({
      status: 'CANCELLED',
      outputCsvUrl: null,
      error: { code: 'STORAGE_FAILED', message: 'There is no output CSV: the upload is lost.' },
    });
    expect((await fetch(`${service.url}/api/requests/${id}/output.csv`)).status).toBe(404);
  } finally {
    await service.stop();
    await origin.close();
  }
});
