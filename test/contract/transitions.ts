import { randomUUID } from 'node:crypto';
import type { RequestId } from '../../src/domain/ids.js';
import { connectDatabase, type Database } from '../../src/models/database.js';
import { newRequest } from '../support/new-request.js';

const newId = () => randomUUID() as RequestId;
const later = (ms = 60_000) => new Date(Date.now() + ms);

/** What the conditional writes hold to, whoever comes between them, on every database. */
export function transitionsContract(name: string, open: () => Promise<{ uri: string; close(): Promise<void> }>): void {
  describe(`conditional writes on ${name}`, () => {
    let database: Database;
    let close: () => Promise<void>;

    beforeAll(async () => {
      const opened = await open();
      close = opened.close;
      database = await connectDatabase(opened.uri, { maxPoolSize: 20 });
      await database.indexesBuilt();
    });
    afterAll(async () => {
      await database.close();
      await close();
    });

    it('of those that look for a due webhook at the same moment each gets one of its own', async () => {
      const AT_ONCE = 8;
      const webhook = {
        url: 'http://x/',
        status: 'PENDING',
        attempts: 0,
        lastAttemptAt: null,
        lastError: null,
      } as const;
      for (let index = 0; index < AT_ONCE; index++) {
        const due = { ...webhook, messageId: `m${index}`, nextAttemptAt: new Date(index + 1) };
        await database.requests.createRequest(newRequest(newId(), { status: 'COMPLETED', webhook: due }));
      }
      const claims = Array.from({ length: AT_ONCE }, () => database.webhooks.claimWebhook(new Date(), later()));
      const taken = (await Promise.all(claims)).map((request) => request?.webhook?.messageId);
      expect(new Set(taken)).toEqual(new Set(Array.from({ length: AT_ONCE }, (_, index) => `m${index}`)));
      expect(await database.webhooks.claimWebhook(new Date(), later())).toBeNull();
    });
  });
}
