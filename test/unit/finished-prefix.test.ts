import { createFinishedPrefix } from '../../src/messaging/finished-prefix.js';

describe('the finished prefix of a partition', () => {
  it('is committed only as far as everything before is finished', () => {
    const prefix = createFinishedPrefix();
    for (const offset of [10, 11, 12, 15]) expect(prefix.take(offset)).toBe(true);
    prefix.finish(11);
    prefix.finish(15);
    expect(prefix.takeCommit()).toBeNull();
    prefix.finish(10);
    expect(prefix.takeCommit()).toBe(12);
    expect(prefix.takeCommit()).toBeNull();
    prefix.finish(12);
    expect(prefix.takeCommit()).toBe(16);
  });

  it('takes no offset twice, as it comes again after the group was joined anew', () => {
    const prefix = createFinishedPrefix();
    prefix.take(5);
    prefix.take(6);
    prefix.finish(6);
    expect([prefix.take(5), prefix.take(6), prefix.take(7)]).toEqual([false, false, true]);
  });
});
