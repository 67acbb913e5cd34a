import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { getModelForClass } from '@typegoose/typegoose';
import type { PipelineStage } from 'mongoose';
import type { ImageId, RequestId } from '../../src/domain/ids.js';
import { connectDatabase, type Database } from '../../src/models/database.js';
import { Image } from '../../src/models/image.js';
import { createImageTransitions } from '../../src/models/image-transitions.js';
import { makeImages } from '../support/make-images.js';
import { newRequest } from '../support/new-request.js';
import { staleWorkersContract } from './stale-workers.js';

const newId = () => randomUUID() as RequestId;
const later = (ms = 60_000) => new Date(Date.now() + ms);
const STORED = { key: 'k', bytes: 7, width: 1, height: 1, format: 'jpeg', contentType: 'image/jpeg' };
const HELD_UP_MS = 200;

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

    const completeImages = (ids: readonly ImageId[]) => {
      const result = { original: STORED, compressed: STORED, keptOriginal: false, similarity: 990, warnings: [] };
      return database.images.completeImages(ids.map((id) => ({ id, claim: 'c', result })));
    };

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

    it('no image that ends while its request is counted anew is in the counts and not in the sums', async () => {
      const { requestId, ids } = await makeImages(database, 8);
      await database.images.claimImages(ids, 'c', later());
      const ending = [...ids];
      const endOne = () => completeImages(ending.splice(0, 1));
      await endOne();
      // The groups by status are answered late, and after each answer an image ends.
      // The one of the database that is open: Typegoose keeps one for each class.
      const model = getModelForClass(Image);
      const slow = Object.create(model, {
        aggregate: {
          value: (pipeline: [PipelineStage, PipelineStage.Group]) => ({
            exec: async () => {
              if (pipeline[1].$group._id === '$status') await pause(HELD_UP_MS);
              const answer = await model.aggregate(pipeline).exec();
              await endOne();
              return answer;
            },
          }),
        },
      });
      const facts = await createImageTransitions(slow).facts(newRequest(requestId));
      expect(facts.originalBytes).toBeGreaterThanOrEqual(facts.completed * STORED.bytes);
      expect(facts.compressedBytes).toBeGreaterThanOrEqual(facts.completed * STORED.bytes);
      expect(facts.similarity.images).toBeGreaterThanOrEqual(facts.completed);
    });

    it('a total is counted by what does not change: the groups by status may lack an image that moves on', async () => {
      const { requestId } = await makeImages(database, 4);
      const model = getModelForClass(Image);
      const lacking = Object.create(model, { aggregate: { value: () => ({ exec: async () => [] }) } });
      const cancelled = newRequest(requestId, { status: 'CANCELLING' });
      const seen = { ...cancelled, flow: { ...cancelled.flow, expanded: 3 } };
      expect(await createImageTransitions(lacking).facts(seen)).toMatchObject({ completed: 0, total: 3 });
    });

    it('images are counted for a total where that is wanted, and else not', async () => {
      const { requestId } = await makeImages(database, 2);
      const flow = { ...newRequest(requestId).flow, expanded: 2 };
      const totalOf = async (more: Parameters<typeof newRequest>[1]) =>
        (await database.images.facts(newRequest(requestId, { flow, ...more }))).total;
      const { counts } = newRequest(requestId);
      expect(await totalOf({ status: 'CANCELLING' })).toBe(2);
      expect(await totalOf({ status: 'CANCELLING', counts: { ...counts, total: 2 } })).toBeNull();
      expect(await totalOf({ status: 'PROCESSING' })).toBeNull();
    });

    it('a deleted request holds up no search of folders', async () => {
      const due = { status: 'COMPLETED', sweepAt: new Date(1) } as const;
      const [deleted, ended] = [newId(), newId()];
      await database.requests.createRequest(newRequest(deleted, due));
      await database.requests.createRequest(newRequest(ended, { ...due, sweepAt: new Date(2) }));
      await database.requests.markDeleted(deleted);
      expect((await database.requests.findSweepable(new Date(2), 1)).map(({ _id }) => _id)).toEqual([ended]);
    });

    staleWorkersContract(() => database);
  });
}
