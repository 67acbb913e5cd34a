import type { Engines } from '../../src/app.js';
import type { WorkMessages, WorkTopic } from '../../src/messaging/topics.js';
import { createRandom } from './random.js';

/**
 * The service as its own process, like src/main.ts, which kills itself with SIGKILL at a named point of the code:
 * FAULT_POINT is `name:count`, the point and how often it is passed before. FAULT_DUPLICATES is a seed: messages then
 * come twice, and in another order.
 */
const [fault = '', times = '1'] = (process.env['FAULT_POINT'] ?? '').split(':');
let left = Number(times);

function passes(point: string): void {
  if (point === fault && --left <= 0) process.kill(process.pid, 'SIGKILL');
}

/** Cuts in before and after a function that ends a step. */
function around<A extends unknown[], R>(call: (...args: A) => Promise<R>, before: string | null, after: string | null) {
  return async (...args: A): Promise<R> => {
    if (before) passes(before);
    const result = await call(...args);
    if (after && result !== null) passes(after);
    return result;
  };
}

function wrap(engines: Engines): Engines {
  const { database, queue } = engines;
  const { requests, images } = database;
  const random = createRandom(Number(process.env['FAULT_DUPLICATES'] ?? 0));
  const publish = async <T extends WorkTopic>(topic: T, messages: readonly WorkMessages[T][]) => {
    if (topic === 'images') passes('released, not published');
    const twice = process.env['FAULT_DUPLICATES'] ? random.shuffle([...messages, ...messages]) : messages;
    await queue.publish(topic, twice);
  };
  return {
    ...engines,
    queue: { ...queue, publish },
    database: {
      ...database,
      images: {
        ...images,
        claimImages: around(images.claimImages, null, 'claimed, not fetched'),
        completeImages: around(images.completeImages, 'stored, not recorded', null),
      },
      requests: {
        ...requests,
        countImages: around(requests.countImages, 'recorded, not counted', 'counted, not committed'),
        recordExpanded: around(requests.recordExpanded, 'in the middle of expansion', null),
        finishRequest: around(requests.finishRequest, 'output written, not ended', 'ended, not told'),
      },
    },
  };
}

const built = new URL('../../dist/run-process.js', import.meta.url).href;
const { runProcess } = (await import(built)) as typeof import('../../src/run-process.js');
await runProcess(wrap);
