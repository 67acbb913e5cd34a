import { createCursors } from '../../src/embedded-mongo/cursors.js';

const document = Buffer.from([5, 0, 0, 0, 0]);

describe('the cursors of the embedded database', () => {
  it.each([
    ['at once', 0],
    ['with a later batch', 2],
  ])('one whose documents fail %s is open no longer', async (_, before) => {
    const cursors = createCursors();
    async function* failing() {
      for (let sent = 0; sent < before; sent++) yield document;
      throw new Error('unreadable');
    }
    const opened = cursors.open(failing(), 'db.x', 1, false);
    if (before > 0) await opened;
    await expect(before > 0 ? cursors.more(1n, 10) : opened).rejects.toThrow('unreadable');
    expect(await cursors.kill([1n])).toMatchObject({ cursorsKilled: [], cursorsNotFound: [1n] });
    cursors.close();
  });
});
