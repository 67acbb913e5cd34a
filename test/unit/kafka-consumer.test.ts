import type { EachBatchPayload, Consumer as KafkaConsumer } from 'kafkajs';
import type { ImageId, RequestId } from '../../src/domain/ids.js';
import { consumeKafka } from '../../src/messaging/kafka-consumer.js';
import type { KafkaProducer } from '../../src/messaging/kafka-producer.js';
import type { KafkaSessionOptions } from '../../src/messaging/kafka-session.js';
import { unread } from '../support/unread.js';
import { waitFor } from '../support/wait-for.js';

const IN_HAND = 1_000;
const settings = { brokers: [], credentials: null, prefix: 'test' };

/** As kafkajs does: one that has crashed throws. */
function createMember() {
  const said: string[] = [];
  const commits: { offset: string; answer: (error?: Error) => void }[] = [];
  let isAlive = true;
  let holds = false;
  const say = (word: string) => {
    if (!isAlive) throw new Error('Consumer group was not initialized, consumer#run must be called first');
    said.push(word);
  };
  const consumer = {
    pause: () => say('pause'),
    resume: () => say('resume'),
    commitOffsets: ([{ offset }]: [{ offset: string }]) =>
      new Promise<void>((resolve, reject) => {
        commits.push({ offset, answer: (error) => (error ? reject(error) : resolve()) });
        if (!holds) resolve();
      }),
  };
  const crash = () => {
    isAlive = false;
  };
  const holdCommits = () => {
    holds = true;
  };
  return { said, commits, crash, holdCommits, consumer: consumer as unknown as KafkaConsumer };
}

type Member = ReturnType<typeof createMember>;

/** A consumer of images on one partition whose handlers end when they are told to. */
async function consume(first: Member) {
  let session: KafkaSessionOptions | null = null;
  let current: KafkaConsumer | null = first.consumer;
  const ends: (() => void)[] = [];
  const consumer = await consumeKafka(
    settings,
    'images',
    {
      concurrency: 2 * IN_HAND,
      handle: () => new Promise((ended) => ends.push(ended)),
      onDead: async () => undefined,
    },
    {} as KafkaProducer,
    unread,
    async (_settings, options) => {
      session = options;
      options.onAssigned([0], first.consumer);
      return { consumer: () => current, close: async () => undefined };
    },
  );
  const opened = session as unknown as KafkaSessionOptions;
  return {
    ends,
    consumer,
    assign(member: Member) {
      current = member.consumer;
      opened.onAssigned([0], member.consumer);
    },
    /** Gives it the messages of these offsets. */
    give(member: Member, from: number, to: number) {
      const messages = Array.from({ length: to - from }, (_, index) => {
        const requestId = `r${index % 100}` as RequestId;
        const value = Buffer.from(JSON.stringify({ v: 1, requestId, imageId: `${requestId}.${index}` as ImageId }));
        return { offset: String(from + index), value };
      });
      const batch = { batch: { messages, partition: 0 }, resolveOffset: () => undefined };
      return opened.onBatch(batch as unknown as EachBatchPayload, member.consumer);
    },
    async end(count: number) {
      for (const ended of ends.splice(0, count)) ended();
      await new Promise(setImmediate);
    },
  };
}

describe('a consumer on Kafka', () => {
  let first: Member;
  let second: Member;
  let under: Awaited<ReturnType<typeof consume>>;
  beforeEach(async () => {
    [first, second] = [createMember(), createMember()];
    under = await consume(first);
  });

  afterEach(async () => {
    for (const ended of under.ends) ended();
    await under.consumer.close();
  });

  it('is paused while it has enough in hand, and goes on when half of it is done', async () => {
    await under.give(first, 0, IN_HAND + 1);
    expect(first.said).toEqual(['pause']);
    await under.end(IN_HAND / 2 - 1);
    expect(first.said).toEqual(['pause']);
    await under.end(1);
    expect(first.said).toEqual(['pause', 'resume']);
  });

  it('that crashes while it is paused ends nothing but itself, and the next one goes on', async () => {
    const failures: unknown[] = [];
    const note = (error: unknown) => failures.push(error);
    process.on('unhandledRejection', note);
    await under.give(first, 0, IN_HAND + 1);
    first.crash();
    await under.end(IN_HAND);
    process.off('unhandledRejection', note);
    expect(failures).toEqual([]);
    under.assign(second);
    await under.give(second, 0, 10);
    expect(under.ends).toHaveLength(10);
    expect(second.said).toEqual([]);
  });

  it('is not taken for paused because the one before it was', async () => {
    await under.give(first, 0, IN_HAND + 1);
    first.crash();
    under.assign(second);
    await under.end(IN_HAND);
    expect(second.said).toEqual([]);
    await under.give(second, 0, IN_HAND + 1);
    expect(second.said).toEqual(['pause']);
    await under.end(IN_HAND);
    expect(second.said).toEqual(['pause', 'resume']);
  });

  it('commits again what the broker did not take, and one commit after the other', async () => {
    first.holdCommits();
    await under.give(first, 0, 3);
    await under.end(1);
    await waitFor('the first commit', () => first.commits.length === 1);
    await under.end(2);
    // While the first one is under way, others would be due.
    const closing = under.consumer.close();
    await new Promise(setImmediate);
    expect(first.commits.map(({ offset }) => offset)).toEqual(['1']);
    first.commits[0]?.answer(new Error('the coordinator is away'));
    await waitFor('the commit after it', () => first.commits.length === 2);
    expect(first.commits[1]?.offset).toBe('3');
    first.commits[1]?.answer();
    await closing;
  });

  it('commits again what the broker did not take though nothing was finished since', async () => {
    first.holdCommits();
    await under.give(first, 0, 1);
    await under.end(1);
    await waitFor('the first commit', () => first.commits.length === 1);
    first.commits[0]?.answer(new Error('the coordinator is away'));
    await waitFor('it again', () => first.commits.length === 2);
    expect(first.commits.map(({ offset }) => offset)).toEqual(['1', '1']);
    first.commits[1]?.answer();
    await under.consumer.close();
    expect(first.commits).toHaveLength(2);
  });
});
