import { createFinishedPrefix } from '../../src/messaging/finished-prefix.js';

describe('the finished prefix of a partition', () => {
  it('is committed only as far as everything before is finished', () => {
    const prefix = createFinishedPrefix();
    for (const offset of [10, 11, 12, 15]) expect(prefix.take(offset)).toBe(true);
    prefix.finish(11);
    prefix.finish(15);
    expect(prefix.toCommit()).toBeNull();
    prefix.finish(10);
    expect(prefix.toCommit()).toBe(12);
    prefix.committed(12);
    expect(prefix.toCommit()).toBeNull();
    prefix.finish(12);
    expect(prefix.toCommit()).toBe(16);
  });

  it('is to be committed till the broker has taken it, also where more is finished meanwhile', () => {
    const prefix = createFinishedPrefix();
    for (const offset of [3, 4]) prefix.take(offset);
    prefix.finish(3);
    expect([prefix.toCommit(), prefix.toCommit()]).toEqual([4, 4]);
    prefix.finish(4);
    prefix.committed(4);
    expect(prefix.toCommit()).toBe(5);
  });

  it('takes no offset twice, as it comes again after the group was joined anew', () => {
    const prefix = createFinishedPrefix();
    prefix.take(5);
    prefix.take(6);
    prefix.finish(6);
    expect([prefix.take(5), prefix.take(6), prefix.take(7)]).toEqual([false, false, true]);
  });
});
