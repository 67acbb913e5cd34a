import type { RequestId } from '../../src/domain/ids.js';
import { createCompressLimit } from '../../src/workers/compress-limit.js';

const signal = new AbortController().signal;
const requestId = 'request' as RequestId;
const settled = () => new Promise(setImmediate);

/** Work that ends when it is told to, by its name. */
function createBench(atOnce: number, memoryBytes: number) {
  const admit = createCompressLimit(atOnce, memoryBytes)(requestId, signal);
  const running = new Map<string, () => void>();
  return {
    running: () => [...running.keys()],
    start: (name: string, needed: number) =>
      void admit(needed, () => new Promise<void>((done) => running.set(name, done))),
    async end(name: string) {
      running.get(name)?.();
      running.delete(name);
      await settled();
    },
  };
}

describe('what is compressed at once', () => {
  it('is bounded in number', async () => {
    const bench = createBench(2, 1_000);
    for (const name of ['a', 'b', 'c']) bench.start(name, 1);
    await settled();
    expect(bench.running()).toEqual(['a', 'b']);
    await bench.end('a');
    expect(bench.running()).toEqual(['b', 'c']);
  });

  it('is bounded by memory', async () => {
    const bench = createBench(4, 1_000);
    for (const name of ['a', 'b', 'c']) bench.start(name, 400);
    await settled();
    expect(bench.running()).toEqual(['a', 'b']);
    await bench.end('a');
    expect(bench.running()).toEqual(['b', 'c']);
  });

  it('has one at a time of those that need more than their share, and smaller ones pass them by', async () => {
    const bench = createBench(2, 1_000);
    for (const name of ['large', 'larger']) bench.start(name, 5_000);
    await settled();
    for (const name of ['small', 'next']) bench.start(name, 100);
    await settled();
    expect(bench.running()).toEqual(['large', 'small']);
    await bench.end('small');
    expect(bench.running()).toEqual(['large', 'next']);
    await bench.end('large');
    expect(bench.running()).toEqual(['next', 'larger']);
  });
});
