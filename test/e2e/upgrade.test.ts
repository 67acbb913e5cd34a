import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetProductsDocument, GetRequestDocument, RequestStatusDocument } from '../generated/graphql.js';
import { createGraphQLClient } from '../support/graphql-client.js';
import { newDataDir, startService } from '../support/start-service.js';
import { DATA_0_1_0, unpackData } from '../support/unpack-data.js';
import { waitFor } from '../support/wait-for.js';

const isEmbedded = process.env['E2E_ENGINES'] !== 'real';

if (isEmbedded) describe('data of an older version', upgradeTests);
else it('older data is read from where the embedded engines wrote it', () => expect(isEmbedded).toBe(false));

function upgradeTests(): void {
  it('of 0.1.0 is read, served and worked on to its end', async () => {
    const { ended, open, deleted, url, file } = DATA_0_1_0;
    const dataDir = unpackData(file);
    const service = await startService({ PUBLIC_URL: url, RECONCILE_EVERY_MS: '1000' }, dataDir);
    const client = createGraphQLClient(service.url);
    const here = (link: string | null | undefined) => (link ?? '').replace(url, service.url);
    try {
      const { request } = await client.get(GetRequestDocument, { id: ended });
      expect(request).toMatchObject({
        status: 'COMPLETED',
        counts: { rows: 2, imageUrls: 3, total: 2, completed: 2, failed: 0, cancelled: 0 },
      });
      const { request: found } = await client.get(GetProductsDocument, { id: ended });
      const images = found?.products.nodes.flatMap((product) => product.images) ?? [];
      expect(images).toHaveLength(3);
      for (const { compressed } of images) {
        const served = await (await fetch(here(compressed?.url))).arrayBuffer();
        expect(served.byteLength).toBe(compressed?.bytes);
      }
      const output = await (await fetch(here(request?.outputCsvUrl))).text();
      for (const { compressed } of images) expect(output).toContain(compressed?.url);
      // What it had begun ends: the image that it had made stays, the other one's host does not answer.
      let last: { status: string; counts: object } | undefined;
      for await (const { data } of client.subscribe(RequestStatusDocument, { id: open })) {
        last = data?.requestStatus.request;
      }
      expect(last).toMatchObject({
        status: 'COMPLETED',
        counts: { rows: 2, total: 2, completed: 1, failed: 1, cancelled: 0 },
      });
      expect((await client.get(GetRequestDocument, { id: open })).request).toMatchObject({ skippedRowCount: 1 });
      expect((await client.get(GetRequestDocument, { id: deleted })).request).toBeNull();
      // The same upload again, by its key, is the same request.
      const form = new FormData();
      const csv = await (await fetch(`${service.url}/api/requests/${ended}/input.csv`)).arrayBuffer();
      form.append('file', new Blob([csv]), 'ended.csv');
      const headers = { 'idempotency-key': 'ended' };
      const again = await fetch(`${service.url}/api/upload`, { method: 'POST', body: form, headers });
      expect(await again.json()).toMatchObject({ requestId: ended });
      await waitFor('the indexes', () => service.log.some((line) => line.includes('indexes built')));
      expect(JSON.parse(readFileSync(join(dataDir, 'pixelpress.json'), 'utf8'))).toMatchObject({ data: 1 });
    } finally {
      await service.stop();
    }
  }, 60_000);

  it('of a newer one is refused, with the versions and what to set', async () => {
    const dataDir = newDataDir();
    writeFileSync(join(dataDir, 'pixelpress.json'), '{"data":2,"program":"9.0.0"}');
    await expect(startService({}, dataDir)).rejects.toThrow(
      /was written by Pixelpress 9\.0\.0, in form 2; this is .* forms up to 1\. .* DATA_DIR/,
    );
    rmSync(dataDir, { recursive: true });
  });
}
