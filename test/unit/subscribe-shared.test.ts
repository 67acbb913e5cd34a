import { buildSchema, type ExecutionArgs, parse } from 'graphql';
import { createSubscribeShared } from '../../src/graphql/subscribe-shared.js';

const schema = buildSchema('type Query { a: Int } type Subscription { steps(from: Int): Int }');

/** One event, which every subscription gets, and how often it was executed. */
function openSource() {
  let executed = 0;
  const event = { steps: () => ++executed };
  async function* events() {
    yield event;
  }
  const subscribe = createSubscribeShared();
  return {
    executed: () => executed,
    async first(query: string, owner: string, variableValues: Record<string, unknown> = {}) {
      const args: ExecutionArgs = { schema, document: parse(query), contextValue: { owner }, variableValues };
      const stream = await subscribe({ ...args, rootValue: { steps: events } });
      if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream));
      for await (const result of stream) return result;
      throw new Error('no event');
    },
  };
}

describe('an event that several subscriptions get', () => {
  it('is executed once for all that ask the same of it', async () => {
    const source = openSource();
    const results = [];
    for (let time = 0; time < 3; time++) results.push(await source.first('subscription { steps }', 'ann'));
    expect(results).toEqual(Array.from({ length: 3 }, () => ({ data: { steps: 1 } })));
    expect(source.executed()).toBe(1);
  });

  it('is executed anew for another document, other variables, and another owner', async () => {
    const source = openSource();
    const query = 'subscription ($from: Int) { steps(from: $from) }';
    await source.first(query, 'ann', { from: 1 });
    await source.first(query, 'ann', { from: 2 });
    await source.first(query, 'bob', { from: 1 });
    await source.first('subscription { steps }', 'ann');
    expect(source.executed()).toBe(4);
  });

  it('is not waited for where the subscription is refused', async () => {
    const subscribe = createSubscribeShared();
    const document = parse('subscription { steps }');
    const refused = await subscribe({
      schema,
      document,
      contextValue: { owner: 'ann' },
      rootValue: {
        steps: () => {
          throw new Error('no');
        },
      },
    });
    expect(refused).toMatchObject({ errors: [{ message: 'no' }] });
  });
});
