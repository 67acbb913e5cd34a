import { setImmediate as nextTurn } from 'node:timers/promises';
import { takeTurn } from '../../src/requests/take-turn.js';

it('of those who wait for a turn of the event loop, one after the other is let in, and others come round between', async () => {
  const order: string[] = [];
  const waiting = ['a', 'b', 'c'].map((name) => takeTurn().then(() => order.push(name)));
  while (order.filter((name) => name !== '-').length < waiting.length) {
    await nextTurn();
    order.push('-');
  }
  expect(order.join('')).toMatch(/^-?a-+b-+c-?$/);
  await Promise.all(waiting);
});
