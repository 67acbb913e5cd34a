import type { ImageId, RequestId } from '../../src/domain/ids.js';
import type { Database } from '../../src/models/database.js';
import type { RequestSnapshot } from '../../src/models/request.js';
import { createAdvanceRequest } from '../../src/workers/advance-request.js';
import { createCancelImages } from '../../src/workers/cancel-images.js';
import { createRecount } from '../../src/workers/recount.js';
import { createReopenImages } from '../../src/workers/reopen-images.js';
import { createRequestCache } from '../../src/workers/request-cache.js';
import { createSweepObjects } from '../../src/workers/sweep-objects.js';
import { makeImages } from '../support/make-images.js';
import { newRequest } from '../support/new-request.js';
import { unread } from '../support/unread.js';

/**
 * A worker that stood still between reading a request and changing it changes nothing that is not its own any more.
 * @param opened the database, once the tests begin
 */
export function staleWorkersContract(opened: () => Database): void {
  describe('a worker that stood still meanwhile', () => {
    let database: Database;
    beforeAll(() => {
      database = opened();
    });

    const find = async (id: RequestId) => (await database.requests.findRequest(id)) as RequestSnapshot;
    const failed = { code: 'INTERNAL', message: 'x' } as const;
    const cache = createRequestCache({ requests: { findRequest: async () => null } } as never);
    const deps = () => ({
      ...unread,
      database,
      progress: { report: () => undefined } as never,
      recount: createRecount({ database, cache }),
      releaseImages: async () => undefined,
      completeRequest: async () => undefined,
    });
    const cancelImages = (seen: RequestSnapshot) => createCancelImages(deps())(seen);
    const reopenImages = (seen: RequestSnapshot) => createReopenImages(deps())(seen);
    const finish = async (id: RequestId) => {
      const seen = await find(id);
      const status = seen.status === 'CANCELLING' ? 'CANCELLED' : 'FAILED';
      const end = { status, outputKey: null, error: null, sweepAt: new Date() } as const;
      expect(await database.requests.finishRequest(seen, end)).toMatchObject({ status });
    };
    const statuses = async (id: RequestId) => (await database.images.page(id, null, -1, 10)).map((each) => each.status);
    /** What the counts say is what the images say. */
    const countsAreFacts = async (id: RequestId) => {
      const seen = await find(id);
      const { completed, failed, cancelled } = await database.images.facts(seen);
      const total = completed + failed + cancelled;
      expect(seen.counts).toMatchObject({ total, completed, failed, cancelled });
      expect(await database.images.count(id, null)).toBe(total);
    };
    /** Expands a request by two images, and cancels it before its file is read through. */
    const cancelHalfway = async () => {
      const { requestId, ids } = await makeImages(database, 2);
      await database.requests.createRequest(newRequest(requestId));
      await database.requests.recordExpanded(requestId, 2);
      await database.requests.cancelRequest(requestId);
      return { requestId, ids: ids as [ImageId, ImageId], seen: await find(requestId) };
    };
    /** One whose images are FAILED and CANCELLED, ended. */
    const endHalfway = async () => {
      const halfway = await cancelHalfway();
      await database.images.failUnended(halfway.ids[0], failed);
      await cancelImages(halfway.seen);
      await finish(halfway.requestId);
      await countsAreFacts(halfway.requestId);
      return halfway;
    };
    const fail = () => Promise.reject(new Error('not to be called'));
    const retry = async (id: RequestId) => (await database.requests.reopenRequest(id)) as RequestSnapshot;

    it('a batch that is written after the cancellation was counted is no part of the request, and goes', async () => {
      const { requestId, seen } = await cancelHalfway();
      await cancelImages(seen);
      await makeImages(database, 2, { requestId, from: 2 });
      await finish(requestId);
      await cancelImages(seen);
      expect(await database.requests.recordExpanded(requestId, 4)).toBeNull();
      await database.images.deletePending(seen);
      await countsAreFacts(requestId);
      expect((await find(requestId)).counts).toMatchObject({ total: 2, cancelled: 2 });
    });

    it('a batch that is written before the cancellation is counted is no part of the request either', async () => {
      const { requestId, seen } = await cancelHalfway();
      await makeImages(database, 2, { requestId, from: 2 });
      await cancelImages(seen);
      await finish(requestId);
      expect(await retry(requestId)).toBeNull();
      await database.images.deletePending(seen);
      await countsAreFacts(requestId);
    });

    it('an expansion that was late for the cancellation takes back what it wrote', async () => {
      const { requestId, ids } = await makeImages(database, 2);
      await database.requests.createRequest(newRequest(requestId));
      const expandRequest = async () => {
        await database.requests.recordExpanded(requestId, 2);
        await database.images.failUnended(ids[0] as ImageId, failed);
        await database.requests.cancelRequest(requestId);
        await makeImages(database, 2, { requestId, from: 2 });
      };
      const advance = createAdvanceRequest({
        ...deps(),
        expandRequest,
        cancelImages,
        reopenImages,
        purgeRequest: fail,
      });
      await advance({ requestId }, new AbortController().signal);
      expect(await statuses(requestId)).toEqual(['FAILED', 'CANCELLED']);
      await finish(requestId);
      await countsAreFacts(requestId);
    });

    it('a sweep takes what was written too late, and not what is retried since it read the request', async () => {
      const { requestId } = await endHalfway();
      await makeImages(database, 1, { requestId, from: 2 });
      const seen = await find(requestId);
      await reopenImages(await retry(requestId));
      await createSweepObjects({ database, storage: { async *list() {} } as never })(seen);
      expect(await statuses(requestId)).toEqual(['PENDING', 'CANCELLED']);
      expect(await find(requestId)).toMatchObject({ status: 'PROCESSING', counts: { total: 2, failed: 0 } });
    });

    it('a cancellation does not cancel what is retried since', async () => {
      const { requestId, seen } = await endHalfway();
      await reopenImages(await retry(requestId));
      await cancelImages(seen);
      expect(await statuses(requestId)).toEqual(['PENDING', 'CANCELLED']);
    });

    it('an expansion does not add to a request that is retried since', async () => {
      const { requestId } = await endHalfway();
      await makeImages(database, 1, { requestId, from: 2 });
      await retry(requestId);
      expect(await database.requests.recordExpanded(requestId, 3)).toBeNull();
    });

    it('what failed again is not opened again by the same retry', async () => {
      const { requestId, ids } = await endHalfway();
      const seen = await retry(requestId);
      await reopenImages(seen);
      await database.images.failUnended(ids[0], failed);
      await deps().recount(requestId);
      await finish(requestId);
      const ended = await find(requestId);
      await reopenImages(seen);
      expect(await find(requestId)).toEqual(ended);
      await countsAreFacts(requestId);
    });

    it('an earlier retry does not finish a later one before its images are opened', async () => {
      const { requestId, ids } = await endHalfway();
      const first = await retry(requestId);
      await reopenImages(first);
      await database.images.failUnended(ids[0], failed);
      await deps().recount(requestId);
      await finish(requestId);
      const second = await retry(requestId);
      await reopenImages(first);
      expect(await find(requestId)).toMatchObject({ reopening: true });
      await reopenImages(second);
      expect(await find(requestId)).toMatchObject({ reopening: false, counts: { failed: 0 } });
      expect(await statuses(requestId)).toEqual(['PENDING', 'CANCELLED']);
    });

    it('a retry of a version that did not number them is finished by this one', async () => {
      const { requestId, ids } = await makeImages(database, 1);
      const flow = { ...newRequest(requestId).flow, expanded: 1 };
      await database.requests.createRequest(newRequest(requestId, { reopening: true, flow }));
      await database.images.failUnended(ids[0] as ImageId, failed);
      await reopenImages(await find(requestId));
      expect(await find(requestId)).toMatchObject({ reopening: false });
      expect(await statuses(requestId)).toEqual(['PENDING']);
    });

    it('a recount changes nothing of a request that has ended', async () => {
      const { requestId } = await endHalfway();
      const ended = await find(requestId);
      const { facts, flow } = database.images;
      const said = await facts(ended);
      expect(await database.requests.recount(ended, said, await flow(requestId, 2, said))).toBeNull();
      expect(await deps().recount(requestId)).toBeNull();
      expect(await find(requestId)).toEqual(ended);
    });
  });
}
