import { setTimeout as pause } from 'node:timers/promises';
import { GetRequestDocument, UploadCsvDocument } from '../generated/graphql.js';
import { createGraphQLClient } from '../support/graphql-client.js';
import { startDenyingMongo } from '../support/start-denying-mongo.js';
import { startOrigin } from '../support/start-origin.js';
import { startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const IMAGES = 60;
/** Longer than all tries of a message take. */
const DENIED_MS = 4_000;
const UNAUTHORIZED = { code: 13, codeName: 'Unauthorized', errmsg: 'not authorized on pixelpress' };

describe('a database that denies its rights', () => {
  it('refuses uploads, says why, and pauses the work, of which nothing is lost', async () => {
    const mongo = await startDenyingMongo();
    const origin = await startOrigin();
    const service = await startService({ MONGODB_URI: mongo.uri, RECONCILE_EVERY_MS: '2000' });
    const client = createGraphQLClient(service.url);
    const rows = Array.from({ length: IMAGES }, (_, row) => `${row},Lamp,${origin.url}/denied-${row}.jpg`);
    const upload = () => client.upload(UploadCsvDocument, ['No,Name,Images', ...rows].join('\n'), { options: {} });
    const requestOf = async (id: string) => (await client.get(GetRequestDocument, { id })).request;
    try {
      const id = (await upload()).data?.uploadCsv.request?.id ?? '';
      await waitFor('some images', async () => ((await requestOf(id))?.counts.completed ?? 0) > 0);
      mongo.refuse(UNAUTHORIZED);
      expect((await upload()).errors?.[0]).toMatchObject({
        message: 'The database refuses the service its rights; try again later.',
        extensions: { code: 'UNAVAILABLE' },
      });
      const ready = await fetch(`${service.url}/readyz`);
      expect(ready.status).toBe(503);
      expect(await ready.json()).toMatchObject({ engines: { database: 'denied', storage: 'ok' } });
      await pause(DENIED_MS);
      mongo.refuse(null);
      const ended = await waitFor('the end', async () => {
        const request = await requestOf(id);
        return request?.status === 'PROCESSING' ? null : request;
      });
      expect(ended).toMatchObject({ status: 'COMPLETED', counts: { total: IMAGES, completed: IMAGES, failed: 0 } });
    } finally {
      expect(await service.stop()).toBe(0);
      await origin.close();
      await mongo.close();
    }
  }, 60_000);
});
