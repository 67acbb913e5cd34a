import { createByteBudget } from '../../src/workers/byte-budget.js';

const signal = new AbortController().signal;

describe('the budget of bytes', () => {
  it('admits as much as there is room for, and the rest in its order', async () => {
    const budget = createByteBudget(100);
    const first = await budget.take(60, signal);
    const order: string[] = [];
    const second = budget.take(60, signal).then((held) => {
      order.push('second');
      return held;
    });
    const third = budget.take(10, signal).then(() => order.push('third'));
    await new Promise(setImmediate);
    expect(order).toEqual([]);
    first.resize(30);
    await second;
    await third;
    expect(order).toEqual(['second', 'third']);
  });

  it('has room for one that is larger than itself, when it is alone', async () => {
    const budget = createByteBudget(100);
    const small = await budget.take(1, signal);
    const large = budget.take(500, signal);
    small.release();
    (await large).release();
    await budget.take(100, signal);
  });

  it('forgets who stops waiting', async () => {
    const budget = createByteBudget(100);
    const first = await budget.take(100, signal);
    const stop = new AbortController();
    const gone = budget.take(50, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(gone).rejects.toThrow('stopped');
    const next = budget.take(100, signal);
    first.release();
    await next;
  });
});
