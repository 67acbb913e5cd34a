import sharp from 'sharp';
import { GetImagesDocument, RequestStatusDocument, UploadCsvDocument } from '../generated/graphql.js';
import { createGraphQLClient } from '../support/graphql-client.js';
import { imageProcessOf, isRunning } from '../support/image-process-of.js';
import { startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

/** Kills, at moments that differ: during expansion, in the middle, and near the end. */
const KILLS_AT = [0, 40, 110];
const IMAGES = 150;

it('a request that is killed three times with kill -9 ends complete, and the same as one that was not', async () => {
  const origin = await startOrigin();
  let service: Service = await startService();
  try {
    origin.answers.set('/gone.jpg', (_, response) => response.writeHead(404).end());
    const rows = Array.from({ length: IMAGES }, (_, row) => `${row},Item,${origin.url}/crash-${row}.jpg`);
    const csv = ['No,Name,Images', ...rows, `${IMAGES},Gone,${origin.url}/gone.jpg`].join('\n');
    const client = createGraphQLClient(service.url);
    const upload = async () => {
      const { data } = await client.upload(UploadCsvDocument, csv, { options: {} });
      return data?.uploadCsv.request?.id ?? '';
    };
    const end = async (id: string) => {
      let last: { status: string; outputCsvUrl: string | null } | undefined;
      for await (const { data } of client.subscribe(RequestStatusDocument, { id })) last = data?.requestStatus.request;
      return last;
    };
    const id = await upload();
    for (const at of KILLS_AT) {
      await waitFor(`${at} images`, async () => {
        const { request } = await client.get(GetImagesDocument, { id, first: 1, status: 'COMPLETED' });
        return (request?.images.totalCount ?? 0) >= at;
      });
      service = await service.killAndRestart();
    }
    const request = await end(id);
    expect(request).toMatchObject({
      status: 'COMPLETED',
      counts: { rows: IMAGES + 1, total: IMAGES + 1, completed: IMAGES, failed: 1, cancelled: 0 },
    });
    const whole = await end(await upload());
    const outputOf = async (url?: string | null) => {
      const text = await (await fetch(url ?? '')).text();
      // The request, the image of it and the claim that made it are in the name; so is the content, which stays.
      return text.replaceAll(/requests\/[0-9a-f-]{36}\/i[0-9a-f]{32}-(compressed-[0-9a-f]{16})-[0-9a-f]{8}/g, '$1');
    };
    expect(await outputOf(request?.outputCsvUrl)).toBe(await outputOf(whole?.outputCsvUrl));
    const { request: found } = await client.get(GetImagesDocument, { id, first: 100, status: 'COMPLETED' });
    for (const { original, compressed } of found?.images.nodes.slice(0, 20) ?? []) {
      const served = Buffer.from(await (await fetch(compressed?.url ?? '')).arrayBuffer());
      expect((await sharp(served).metadata()).width).toBe(original?.width);
    }
  } finally {
    await service.stop();
    await origin.close();
  }
}, 90_000);

it('a decoder that dies of SIGSEGV again and again takes no image with it, and the service goes on', async () => {
  const origin = await startOrigin();
  const service = await startService();
  try {
    const rows = Array.from({ length: IMAGES }, (_, row) => `${row},Item,${origin.url}/segv-${row}.jpg`);
    const client = createGraphQLClient(service.url);
    const { data } = await client.upload(UploadCsvDocument, ['No,Name,Images', ...rows].join('\n'), { options: {} });
    const id = data?.uploadCsv.request?.id ?? '';
    for (const at of KILLS_AT) {
      const pid = await waitFor(`${at} images`, async () => {
        const { request } = await client.get(GetImagesDocument, { id, first: 1, status: 'COMPLETED' });
        return (request?.images.totalCount ?? 0) >= at ? imageProcessOf(service.process.pid) : null;
      });
      process.kill(pid, 'SIGSEGV');
      await waitFor('its end', () => !isRunning(pid));
    }
    let last: { status: string; counts: object } | undefined;
    for await (const { data } of client.subscribe(RequestStatusDocument, { id })) last = data?.requestStatus.request;
    expect(last).toMatchObject({ status: 'COMPLETED', counts: { total: IMAGES, completed: IMAGES, failed: 0 } });
    expect(isRunning(service.process.pid ?? 0)).toBe(true);
  } finally {
    await service.stop();
    await origin.close();
  }
}, 90_000);

it('the process that makes images ends with the service, however that ended', async () => {
  let service = await startService();
  try {
    const first = await waitFor('a process for images', () => imageProcessOf(service.process.pid));
    service = await service.killAndRestart();
    await waitFor('its end after kill -9', () => !isRunning(first));
    const second = await waitFor('a process for images', () => imageProcessOf(service.process.pid));
    service = await service.stopAndRestart();
    await waitFor('its end after SIGTERM', () => !isRunning(second));
  } finally {
    await service.stop();
  }
}, 60_000);

it('a second process on the same data is refused with a sentence that says what to set', async () => {
  const service = await startService();
  try {
    await expect(startService({}, service.dataDir)).rejects.toThrow(/in use by process \d+.*DATA_DIR/);
  } finally {
    await service.stop();
  }
});
