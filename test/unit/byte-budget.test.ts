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

  it('lets the oldest grow beyond it, and others only as far as there is room, before any that has nothing yet', async () => {
    const budget = createByteBudget(100);
    const [first, second] = await Promise.all([budget.take(10, signal), budget.take(10, signal)]);
    await second.grow(80, signal);
    await first.grow(150, signal);
    const order: string[] = [];
    const grown = second.grow(90, signal).then(() => order.push('second'));
    const third = budget.take(20, signal).then(() => order.push('third'));
    await new Promise(setImmediate);
    expect(order).toEqual([]);
    first.release();
    await grown;
    expect(order).toEqual(['second']);
    second.release();
    await third;
  });

  it('keeps what is free for one that waits to grow, though none waits that has nothing yet', async () => {
    const budget = createByteBudget(100);
    const [first, second] = await Promise.all([budget.take(40, signal), budget.take(20, signal)]);
    const order: string[] = [];
    const grown = second.grow(70, signal).then(() => order.push('second'));
    const third = budget.take(30, signal).then(() => order.push('third'));
    await new Promise(setImmediate);
    expect(order).toEqual([]);
    first.release();
    await Promise.all([grown, third]);
  });

  it('never has all that grow wait for each other', async () => {
    const budget = createByteBudget(100);
    const held = await Promise.all(Array.from({ length: 10 }, () => budget.take(10, signal)));
    let most = 0;
    let sum = 100;
    const grow = async (each: (typeof held)[number]) => {
      for (let bytes = 20; bytes <= 60; bytes += 10) {
        await each.grow(bytes, signal);
        sum += 10;
        most = Math.max(most, sum);
      }
      each.release();
      sum -= 60;
    };
    await Promise.all(held.map(grow));
    expect(most).toBeLessThanOrEqual(100 + 60);
  });

  it('forgets who stops waiting to grow', async () => {
    const budget = createByteBudget(100);
    const [first, second] = await Promise.all([budget.take(50, signal), budget.take(40, signal)]);
    const stop = new AbortController();
    const gone = second.grow(100, stop.signal);
    const next = budget.take(10, signal);
    stop.abort(new Error('stopped'));
    await expect(gone).rejects.toThrow('stopped');
    await next;
    first.release();
  });
});
