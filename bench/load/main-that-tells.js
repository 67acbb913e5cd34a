// src/main.ts for bench/load/subscribers.js: puts so many images of each request a second on the bus (IMAGES_PER_SECOND),
// tells on its output when each was recorded and at what revision it was counted, and, on SIGUSR2, the bytes that it holds
// after a garbage collection.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runProcess } from '../../dist/run-process.js';
import { monotonicMs } from './monotonic-ms.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
const tell = (told) => console.log(JSON.stringify(told));

process.on('SIGUSR2', () => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  tell({ msg: 'memory', bytes: heapUsed + external });
});
/** Hands on one message of each request at each beat. */
function paced(publish) {
  const waiting = new Map();
  setInterval(() => {
    for (const messages of waiting.values()) if (messages.length > 0) void publish('images', [messages.shift()]);
  }, 1_000 / Number(process.env.IMAGES_PER_SECOND));
  return async (topic, messages) => {
    if (topic !== 'images') return publish(topic, messages);
    for (const message of messages) {
      const { requestId } = message;
      waiting.set(requestId, [...(waiting.get(requestId) ?? []), message]);
    }
  };
}

await runProcess((engines) => {
  const { queue, database } = engines;
  const { requests } = database;
  const countImages = async (id, epoch, increments) => {
    // The images' own records are written just before they are counted.
    const at = monotonicMs();
    const request = await requests.countImages(id, epoch, increments);
    if (request) for (const _ of increments) tell({ msg: 'recorded', id, revision: request.revision, at });
    return request;
  };
  return {
    ...engines,
    queue: { ...queue, publish: paced(queue.publish) },
    database: { ...database, requests: { ...requests, countImages } },
  };
});
