import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { startEmbeddedMongo } from '../../src/embedded-mongo/server.js';
import { holdLease } from '../../src/hold-lease.js';
import { connectDatabase, type Database } from '../../src/models/database.js';

const log = pino({ level: 'silent' });
const later = new Date(Date.now() + 60_000);
/** Of no process: above what Linux gives out. */
const NO_PROCESS = 2 ** 22 + 1;
let server: Awaited<ReturnType<typeof startEmbeddedMongo>>;
let database: Database;
let dataDir: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'pixelpress-lease-'));
  server = await startEmbeddedMongo({ dataDir });
  database = await connectDatabase(server.uri, { maxPoolSize: 2 });
});
afterAll(async () => {
  await database.close();
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('messaging within the process, on a database that others can reach', () => {
  it('is refused to a second process, with the sentence that names the variable to set', async () => {
    const living = `${hostname()}:${process.ppid}`;
    await database.leases.takeLease('one', living, [living], later);
    await expect(holdLease(database, 'one', log)).rejects.toThrow(/in use by process .* KAFKA_BROKERS/);
  });

  it('goes on at once after a process that died on this machine', async () => {
    const dead = `${hostname()}:${NO_PROCESS}`;
    await database.leases.takeLease('two', dead, [dead], later);
    const lease = await holdLease(database, 'two', log);
    await lease.close();
    // Given back at the stop: the next one need not wait.
    expect(await database.leases.takeLease('two', 'other:1', ['other:1'], later)).toBeNull();
  });
});
