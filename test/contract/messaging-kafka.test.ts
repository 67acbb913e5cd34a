import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import type { ImageId, RequestId } from '../../src/domain/ids.js';
import { createKafkaMessaging } from '../../src/messaging/kafka.js';
import type { WorkQueue } from '../../src/messaging/work-queue.js';
import { unread } from '../support/unread.js';
import { waitFor } from '../support/wait-for.js';
import { messagingContract } from './messaging.js';

const broker = process.env['KAFKA_BROKERS'];
const settings = (prefix: string) => ({ brokers: [broker ?? ''], credentials: null, prefix });

if (broker) {
  messagingContract('Kafka', (telemetry) => createKafkaMessaging(settings(`test-${randomUUID()}`), telemetry));
  describe('messaging on Kafka', kafkaTests);
} else {
  // A file without a test counts as failed; the contract itself needs a broker to run on.
  it('the messaging contract runs on Kafka where KAFKA_BROKERS names one', () => expect(broker).toBeUndefined());
}

function kafkaTests(): void {
  const requestId = randomUUID() as RequestId;
  const message = (index: number) => ({ requestId, imageId: `${requestId}.i${index}` as ImageId });
  const numberOf = (imageId: string) => Number(imageId.split('.i')[1]);
  const admin = () => new Kafka({ brokers: [broker ?? ''], logLevel: logLevel.NOTHING });
  let prefix: string;
  const open = () => createKafkaMessaging(settings(prefix), unread);

  beforeEach(() => {
    prefix = `test-${randomUUID()}`;
  });

  /** Consumes images, holding those that are to be held until the consumer is closed. */
  async function consume(queue: WorkQueue, held: (index: number) => boolean) {
    const seen: number[] = [];
    const done: number[] = [];
    const consumer = await queue.consume('images', {
      concurrency: 50,
      onDead: async () => undefined,
      async handle({ imageId }, signal) {
        const index = numberOf(imageId);
        seen.push(index);
        if (held(index)) await new Promise((aborted) => signal.addEventListener('abort', aborted));
        else done.push(index);
      },
    });
    return { seen, done, consumer };
  }

  it('gives what was not finished to the next consumer, and what was finished before it to nobody', async () => {
    const first = await open();
    const begun = await consume(first.queue, (index) => index >= 30);
    await first.queue.publish(
      'images',
      Array.from({ length: 40 }, (_, index) => message(index)),
    );
    await waitFor('all to be under way', () => new Set(begun.seen).size === 40);
    await first.queue.close();
    await first.pubSub.close();

    const second = await open();
    const again = await consume(second.queue, () => false);
    await waitFor('those that were held', () =>
      [30, 31, 32, 33, 34, 35, 36, 37, 38, 39].every((index) => again.done.includes(index)),
    );
    // What stands behind a held one on its partition comes again; none is lost.
    expect(new Set([...begun.done, ...again.done]).size).toBe(40);
    expect(new Set(again.done).size).toBeLessThan(40);
    await second.queue.close();
    await second.pubSub.close();
  });

  it('spreads the images of one request over all partitions', async () => {
    const { queue, pubSub } = await open();
    await queue.publish(
      'images',
      Array.from({ length: 500 }, (_, index) => message(index)),
    );
    const client = admin().admin();
    await client.connect();
    const offsets = await client.fetchTopicOffsets(`${prefix}.images`);
    expect(offsets.length).toBeGreaterThan(1);
    expect(offsets.every(({ high }) => Number(high) > 0)).toBe(true);
    await client.disconnect();
    await queue.close();
    await pubSub.close();
  });

  it('puts what cannot be worked on, and what cannot be read, on the dead topic with the reason', async () => {
    const { queue, pubSub } = await open();
    const dead: string[] = [];
    const reader = admin().consumer({ groupId: `${prefix}.reader` });
    await reader.connect();
    await reader.subscribe({ topic: `${prefix}.dead`, fromBeginning: true });
    await reader.run({ eachMessage: async ({ message: { value } }) => void dead.push(String(value)) });
    const given: string[] = [];
    await queue.consume('images', {
      concurrency: 1,
      handle: () => Promise.reject(new Error('poison')),
      onDead: async ({ imageId }) => void given.push(imageId),
    });
    await queue.publish('images', [message(1)]);
    const producer = admin().producer();
    await producer.connect();
    await producer.send({ topic: `${prefix}.images`, messages: [{ value: 'no JSON' }] });
    await waitFor('both dead messages', () => dead.length === 2);
    expect(given).toEqual([message(1).imageId]);
    expect(dead.find((text) => text.includes('poison'))).toContain(message(1).imageId);
    expect(dead.find((text) => text.includes('no JSON'))).toContain('not a message of ours');
    await Promise.all([producer.disconnect(), reader.disconnect(), queue.close(), pubSub.close()]);
  });

  it('keeps its place in the group while a message takes longer than a session lasts', async () => {
    const { queue, pubSub } = await open();
    const LONG_MS = 20_000;
    let taken = 0;
    let finished = false;
    await queue.consume('images', {
      concurrency: 2,
      onDead: async () => undefined,
      async handle() {
        taken++;
        await new Promise((passed) => setTimeout(passed, LONG_MS));
        finished = true;
      },
    });
    const client = admin().admin();
    await client.connect();
    const members = async () =>
      (await client.describeGroups([`${prefix}.images`])).groups.flatMap(({ members: all }) =>
        all.map(({ memberId }) => memberId),
      );
    await queue.publish('images', [message(1)]);
    await waitFor('it to be under way', () => taken === 1);
    const before = await members();
    await waitFor('its end', () => finished, LONG_MS + 10_000);
    expect(await members()).toEqual(before);
    // A rebalance would have brought it a second time.
    expect(taken).toBe(1);
    await Promise.all([client.disconnect(), queue.close(), pubSub.close()]);
  }, 60_000);

  it('names the topics that are missing and cannot be made', async () => {
    const tooLong = 'x'.repeat(250);
    await expect(createKafkaMessaging(settings(tooLong), unread)).rejects.toThrow(
      /Kafka has no topic x+\.requests, .*could not make it/,
    );
  });

  const engines = process.env['ENGINES'];
  if (!engines) return;
  it('goes on after the broker was killed and came back', async () => {
    const { queue, pubSub } = await open();
    const heard: number[] = [];
    await pubSub.subscribe('progress', ({ revision }) => heard.push(revision));
    const { done } = await consume(queue, () => false);
    await queue.publish('images', [message(1)]);
    await waitFor('the first', () => done.includes(1));
    execFileSync(engines, ['kill', 'kafka'], { stdio: 'ignore' });
    await expect(queue.publish('images', [message(2)])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    execFileSync(engines, ['start', 'kafka'], { stdio: 'ignore' });
    const published = () =>
      queue.publish('images', [message(3)]).then(
        () => true,
        () => false,
      );
    await waitFor('the broker to take messages', published, 40_000);
    await waitFor('what was published after', () => done.includes(3), 40_000);
    const told = async () => {
      await pubSub.publish('progress', { requestId, request: {}, revision: 7, finishedImageIds: [] });
      return heard.includes(7);
    };
    await waitFor('news to be heard', () => told().catch(() => false), 40_000);
    await queue.close();
    await pubSub.close();
  }, 120_000);
}
