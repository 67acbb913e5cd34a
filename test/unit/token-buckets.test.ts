import { createTokenBuckets } from '../../src/domain/token-buckets.js';

describe('token buckets', () => {
  it('let through what a minute gives, then as much as comes back, each name by itself', () => {
    let time = 0;
    const buckets = createTokenBuckets({ perMinute: 3, maxNames: 10, now: () => time });
    expect([1, 2, 3].map(() => buckets.take('a'))).toEqual([0, 0, 0]);
    expect(buckets.take('a')).toBe(20_000);
    expect(buckets.take('b')).toBe(0);
    time = 19_001;
    expect(Math.abs(buckets.take('a') - 1_000)).toBeLessThan(2);
    time = 20_001;
    expect(buckets.take('a')).toBe(0);
    expect(buckets.take('a')).toBeGreaterThan(19_000);
  });

  it('remember no more names than they may, those used last', () => {
    const buckets = createTokenBuckets({ perMinute: 1, maxNames: 2, now: () => 0 });
    for (const name of ['a', 'b', 'a', 'c']) buckets.take(name);
    // “a” was used after “b”, so it is “b” that “c” took the place of.
    expect(buckets.take('a')).toBeGreaterThan(0);
    expect(buckets.take('b')).toBe(0);
  });

  it('set no limit where it is 0', () => {
    const buckets = createTokenBuckets({ perMinute: 0, maxNames: 1 });
    expect(Array.from({ length: 100 }, () => buckets.take('a')).every((wait) => wait === 0)).toBe(true);
  });
});
