import type { ImageId, RequestId } from '../../src/domain/ids.js';
import type { RequestStatus } from '../../src/domain/request-status.js';
import { createInProcessPubSub } from '../../src/messaging/in-process.js';
import { createEventHub } from '../../src/requests/event-hub.js';
import type { RequestEvent } from '../../src/requests/request-event.js';
import { newRequest } from '../support/new-request.js';
import { waitFor } from '../support/wait-for.js';

const id = '00000000-0000-4000-8000-000000000000' as RequestId;
const log = { debug() {}, info() {}, warn() {}, error: console.error };

async function openHub() {
  const pubSub = createInProcessPubSub(log);
  const hub = await createEventHub(pubSub);
  const tell = (revision: number, status: RequestStatus = 'PROCESSING') =>
    pubSub.publish('progress', {
      requestId: id,
      request: newRequest(id, { revision, status }),
      revision,
      finishedImageIds: [`${id}.${revision}` as ImageId],
    });
  return { hub, tell };
}

const told = (events: RequestEvent[]) =>
  events.map(({ request, finishedImageIds }) => [request.revision, finishedImageIds.length]);

describe('the events of a request', () => {
  it('are one and the same for all its watchers', async () => {
    const { hub, tell } = await openHub();
    const heard: RequestEvent[] = [];
    const leave = [hub(id, (event) => heard.push(event)), hub(id, (event) => heard.push(event))];
    await tell(1);
    expect(heard).toHaveLength(2);
    expect(heard[0]).toBe(heard[1]);
    for (const each of leave) each();
  });

  it('come at once after a silence, then together after a pause, and the end comes at once', async () => {
    const { hub, tell } = await openHub();
    const heard: RequestEvent[] = [];
    const leave = hub(id, (event) => heard.push(event));
    for (const revision of [1, 2, 3]) await tell(revision);
    expect(told(heard)).toEqual([[1, 1]]);
    await waitFor('the event after the pause', () => heard.length > 1);
    await tell(4);
    await tell(5, 'COMPLETED');
    expect(told(heard)).toEqual([
      [1, 1],
      [3, 2],
      [5, 2],
    ]);
    leave();
  });

  it('come at most four times a second, however many messages there are', async () => {
    const { hub, tell } = await openHub();
    const heard: number[] = [];
    const leave = hub(id, () => heard.push(performance.now()));
    let revision = 0;
    await waitFor('some events', async () => {
      await tell(++revision);
      return heard.length >= 4;
    });
    leave();
    const pauses = heard.slice(1).map((at, before) => at - (heard[before] ?? 0));
    // A timer may be early by a part of a millisecond.
    expect(Math.min(...pauses)).toBeGreaterThan(249);
  });

  it('are not heard any more by one who has left', async () => {
    const { hub, tell } = await openHub();
    const heard: RequestEvent[] = [];
    hub(id, (event) => heard.push(event))();
    await tell(1);
    expect(heard).toEqual([]);
  });
});
