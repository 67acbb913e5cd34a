import { readFileSync } from 'node:fs';
import { RequestStatusDocument, UploadCsvDocument } from '../generated/graphql.js';
import { engineEnv } from '../support/engine-env.js';
import { createGraphQLClient } from '../support/graphql-client.js';
import { imageProcessOf } from '../support/image-process-of.js';
import { startOrigin } from '../support/start-origin.js';
import { newDataDir, startService } from '../support/start-service.js';

const isReal = process.env['E2E_ENGINES'] === 'real';
/** By the libraries that a process has loaded. */
const hasDecoders = (pid: number | null | undefined) => readFileSync(`/proc/${pid}/maps`, 'utf8').includes('libvips');

if (isReal) describe('an api and workers in processes of their own', rolesTests);
// Roles need engines that several processes share; what is refused without them is tested with the configuration.
else it('roles are tested on real engines, with E2E_ENGINES=real', () => expect(isReal).toBe(false));

function rolesTests(): void {
  it('share the work: the api has no sharp, a worker answers health and metrics alone, every api hears all', async () => {
    const origin = await startOrigin();
    const engines = await engineEnv();
    const start = (role: string, more = {}) => startService({ ROLE: role, ...more }, newDataDir(), engines);
    const first = await start('api');
    const second = await start('api', { PUBLIC_URL: first.url });
    const workers = await Promise.all([
      start('worker', { PUBLIC_URL: first.url }),
      start('worker', { PUBLIC_URL: first.url }),
    ]);
    const rows = Array.from({ length: 40 }, (_, row) => `${row},Item,${origin.url}/roles-${row}.jpg`);
    const csv = ['No,Name,Images', ...rows].join('\n');
    const { data } = await createGraphQLClient(first.url).upload(UploadCsvDocument, csv, { options: {} });
    const id = data?.uploadCsv.request?.id ?? '';
    const finished = new Set<string>();
    let last: { status: string; counts: object } | undefined;
    for await (const { data: event } of createGraphQLClient(second.url).subscribe(RequestStatusDocument, { id })) {
      last = event?.requestStatus.request;
      for (const image of event?.requestStatus.finishedImages ?? []) finished.add(image.id);
    }
    expect(last).toMatchObject({ status: 'COMPLETED', counts: { total: 40, completed: 40, failed: 0 } });
    expect(finished.size).toBeGreaterThan(0);

    expect(hasDecoders(first.process.pid)).toBe(false);
    expect(imageProcessOf(first.process.pid)).toBeNull();
    for (const worker of workers) {
      // Strangers' bytes are decoded beside the worker, not within it.
      expect(hasDecoders(worker.process.pid)).toBe(false);
      expect(hasDecoders(imageProcessOf(worker.process.pid))).toBe(true);
      expect((await fetch(`${worker.url}/healthz`)).status).toBe(200);
      expect(await (await fetch(`${worker.url}/readyz`)).json()).toMatchObject({ status: 'ok' });
      expect((await fetch(`${worker.url}/metrics`)).status).toBe(200);
      for (const path of ['/', '/graphql', '/api/upload', `/api/status/${id}`]) {
        expect((await fetch(`${worker.url}${path}`)).status).toBe(404);
      }
    }
    for (const each of [first, second, ...workers]) expect(await each.stop()).toBe(0);
    await origin.close();
  }, 120_000);
}
