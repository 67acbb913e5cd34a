import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedMongo } from '../../src/embedded-mongo/server.js';
import { GetProductsDocument, GetRequestDocument, RequestStatusDocument } from '../generated/graphql.js';
import { createGraphQLClient } from '../support/graphql-client.js';
import { openMongo } from '../support/open-mongo.js';
import { startCommand } from '../support/start-command.js';
import { startS3 } from '../support/start-s3.js';
import { newDataDir, type Service, startService } from '../support/start-service.js';
import { DATA_0_1_0, unpackData } from '../support/unpack-data.js';

interface Engines {
  env: Record<string, string>;
  /** How many objects are there; null where that is not to be seen from here. */
  objects: Map<string, Buffer> | null;
  beforePut: (run: () => Promise<void>) => void;
  close(): Promise<void>;
}

/** A database over the wire and a bucket, both in this process. */
async function startEngines(): Promise<Engines> {
  const dataDir = newDataDir();
  const mongo = await startEmbeddedMongo({ dataDir });
  const s3 = await startS3();
  return {
    env: { ...s3.env, MONGODB_URI: mongo.uri },
    objects: s3.objects,
    beforePut: (run) => {
      s3.beforePut = run;
    },
    async close() {
      await s3.close();
      await mongo.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** The ones of this environment, with a database of its own. */
async function realEngines(): Promise<Engines> {
  const mongo = await openMongo(process.env['MONGODB_URI'] ?? '');
  const uri = new URL(mongo.uri);
  uri.pathname = `/migrate-${randomUUID()}`;
  const names = ['S3_ENDPOINT', 'AWS_REGION', 'AWS_BUCKET_NAME', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
  const s3 = Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
  return { env: { ...s3, MONGODB_URI: uri.href }, objects: null, beforePut: () => undefined, close: mongo.close };
}

/** Whatever the environment names. */
const NO_ENGINES = { MONGODB_URI: '', KAFKA_BROKERS: '', AWS_BUCKET_NAME: '' };
const isReal = process.env['E2E_ENGINES'] === 'real';
const migrate = (from: string, to: string, env: Record<string, string>) =>
  startCommand(['migrate', '--from', from, '--to', to], { env }).ended;
const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^(uploads|requests)/.test(path) && statSync(join(folder, path)).isFile())
    .sort();

/** What a client sees of both requests of the data. */
async function seen(service: Service) {
  const client = createGraphQLClient(service.url);
  const views = [];
  for (const id of [DATA_0_1_0.ended, DATA_0_1_0.open]) {
    for await (const _ of client.subscribe(RequestStatusDocument, { id }));
    const { request } = await client.get(GetRequestDocument, { id });
    const { request: found } = await client.get(GetProductsDocument, { id });
    const urls = found?.products.nodes.flatMap(({ images }) => images.flatMap((image) => image.compressed?.url ?? []));
    const bytes = await Promise.all(
      (urls ?? []).map(async (url) => Buffer.from(await (await fetch(url)).arrayBuffer())),
    );
    views.push({ status: request?.status, counts: request?.counts, skipped: request?.skippedRows, bytes });
  }
  return views;
}

it('all requests move from the embedded engines to MongoDB and S3, and back, and are what they were', async () => {
  const engines = await (isReal ? realEngines() : startEngines());
  const source = unpackData(DATA_0_1_0.file);
  const back = newDataDir();
  const services: Service[] = [];
  try {
    const there = await migrate('embedded', 'engines', { ...engines.env, DATA_DIR: source });
    expect(there).toMatchObject({ code: 0, stderr: '' });
    expect(there.stdout).toMatch(/\d+ documents and \d+ objects .* compared with their source/);
    if (engines.objects) expect([...engines.objects.keys()].sort()).toEqual(filesOf(join(source, 'objects')));
    const onEngines = await startService({ ...engines.env, RECONCILE_EVERY_MS: '1000' });
    services.push(onEngines);
    const moved = await seen(onEngines);
    expect(moved).toMatchObject([
      { status: 'COMPLETED', counts: { completed: 2, failed: 0 } },
      { status: 'COMPLETED', counts: { completed: 1, failed: 1 }, skipped: [{ row: 2 }, { row: 2 }, { row: 2 }] },
    ]);
    await services.pop()?.stop();

    // Moved once: a second time would undo what was done there since.
    const again = await migrate('embedded', 'engines', { ...engines.env, DATA_DIR: source });
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('moved to') });

    expect(await migrate('engines', 'embedded', { ...engines.env, DATA_DIR: back })).toMatchObject({ code: 0 });
    const embedded = await startService({ ...NO_ENGINES, RECONCILE_EVERY_MS: '1000' }, back);
    services.push(embedded);
    expect(await seen(embedded)).toEqual(moved);
  } finally {
    for (const service of services) await service.stop();
    for (const folder of [source, back]) rmSync(folder, { recursive: true, force: true });
    await engines.close();
  }
}, 120_000);

if (!isReal) {
  it('a migration that is killed goes on where it is run again, and no service starts till then; bytes that differ are found and copied anew', async () => {
    const engines = await startEngines();
    const source = unpackData(DATA_0_1_0.file);
    const env = { ...engines.env, DATA_DIR: source };
    try {
      let puts = 0;
      const killed = startCommand(['migrate', '--from', 'embedded', '--to', 'engines'], { env });
      engines.beforePut(async () => {
        if (++puts < 4) return;
        killed.process.kill('SIGKILL');
        await killed.ended;
        throw new Error('nobody waits for this');
      });
      await killed.ended;
      engines.beforePut(async () => undefined);
      const files = filesOf(join(source, 'objects'));
      expect(engines.objects?.size).toBeLessThan(files.length);
      await expect(startService(engines.env)).rejects.toThrow(/migration to this database was broken off/);
      const [first = ''] = engines.objects?.keys() ?? [];
      engines.objects?.set(first, Buffer.alloc(engines.objects.get(first)?.length ?? 0, 'x'));
      expect(await migrate('embedded', 'engines', env)).toMatchObject({ code: 0 });
      expect([...(engines.objects?.keys() ?? [])].sort()).toEqual(files);
      for (const key of files) expect(engines.objects?.get(key)).toEqual(readFileSync(join(source, 'objects', key)));
      await (await startService(engines.env)).stop();
    } finally {
      rmSync(source, { recursive: true });
      await engines.close();
    }
  }, 60_000);

  it('is refused while a service has the data directory, and where the target has requests of its own', async () => {
    const engines = await startEngines();
    const service = await startService({}, unpackData(DATA_0_1_0.file));
    const other = unpackData(DATA_0_1_0.file);
    try {
      const env = { ...engines.env, DATA_DIR: service.dataDir };
      expect(await migrate('embedded', 'engines', env)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/in use by process \d+/),
      });
      expect(await migrate('embedded', 'engines', { ...engines.env, DATA_DIR: other })).toMatchObject({ code: 0 });
      await service.stop();
      const third = unpackData(DATA_0_1_0.file);
      const refused = await migrate('embedded', 'engines', { ...engines.env, DATA_DIR: third });
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('an empty target') });
      rmSync(third, { recursive: true });
      const unset = await migrate('embedded', 'engines', { DATA_DIR: other });
      expect(unset).toMatchObject({ code: 1, stderr: expect.stringContaining('MONGODB_URI must be set') });
      const same = await migrate('embedded', 'embedded', { DATA_DIR: other });
      expect(same).toMatchObject({ code: 1, stderr: expect.stringContaining('--from and --to') });
    } finally {
      rmSync(other, { recursive: true, force: true });
      await engines.close();
    }
  }, 60_000);
}
