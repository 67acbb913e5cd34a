import { createLookUp } from '../../src/images/look-up.js';
import { startDns, type TestDns } from '../support/start-dns.js';
import { waitFor } from '../support/wait-for.js';

let dns: TestDns;
afterEach(() => dns.close());

/** The system's own way, whose answers a test gives when it likes. */
function startSystem() {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const lookUp = (hostname: string) => {
    asked.push(hostname);
    return new Promise<{ address: string; family: number }[]>((resolve) => {
      answers.push(() => resolve([{ address: '127.0.0.9', family: 4 }]));
    });
  };
  return { asked, answers, lookUp };
}

describe('a name', () => {
  it('is found at once beside many whose servers never answer; those end by themselves, and hold no thread', async () => {
    dns = await startDns({ 'shop.example': [['127.0.0.2']] }, /\.evil\.example$/);
    const system = startSystem();
    const lookUp = createLookUp({ allow: [], servers: dns.servers, system: system.lookUp });
    let ended = 0;
    const evil = Array.from({ length: 40 }, (_, at) => lookUp(`h${at}.evil.example`).finally(() => ended++));
    const all = Promise.allSettled(evil);
    expect(await lookUp('shop.example')).toEqual([{ address: '127.0.0.2', family: 4 }]);
    expect(ended).toBe(0);
    for (const each of await all) expect(each).toMatchObject({ status: 'rejected', reason: { code: 'ETIMEOUT' } });
    expect(system.asked).toEqual([]);
  });

  it('has its addresses of both families by turns', async () => {
    dns = await startDns({ 'both.example': [['127.0.0.2', '127.0.0.3', '127.0.0.4', '::2', '::3']] });
    const found = await createLookUp({ allow: [], servers: dns.servers })('both.example');
    expect(found.map(({ family }) => family)).toEqual([4, 6, 4, 6, 4]);
    expect(new Set(found.map(({ address }) => address)).size).toBe(5);
  });

  it('that DNS does not know, or that has no dot, is asked of the system, one after the other', async () => {
    dns = await startDns({});
    const system = startSystem();
    const lookUp = createLookUp({ allow: [], servers: dns.servers, system: system.lookUp });
    const found = [lookUp('localhost'), lookUp('printer.local'), lookUp('intranet')];
    await waitFor('the answer of DNS', () => dns.asked.has('printer.local'));
    expect([...dns.asked.keys()]).toEqual(['printer.local']);
    for (let at = 0; at < found.length; at++) {
      await waitFor('the next one', () => system.asked.length > at);
      expect(system.asked).toHaveLength(at + 1);
      system.answers[at]?.();
    }
    for (const each of found) expect(await each).toEqual([{ address: '127.0.0.9', family: 4 }]);
    expect(system.asked.toSorted()).toEqual(['intranet', 'localhost', 'printer.local']);
  });

  it('that FETCH_ALLOW has is the system’s from the first, and waits for no other', async () => {
    dns = await startDns({ 'shop.internal': [['127.0.0.2']] });
    const system = startSystem();
    const lookUp = createLookUp({ allow: ['Shop.internal:8080'], servers: dns.servers, system: system.lookUp });
    const other = lookUp('intranet');
    await waitFor('the other to be asked', () => system.asked.length === 1);
    const found = lookUp('shop.internal');
    await waitFor('it to be asked', () => system.asked.includes('shop.internal'));
    for (const answer of system.answers) answer();
    expect(await found).toEqual([{ address: '127.0.0.9', family: 4 }]);
    await other;
    expect(dns.asked.size).toBe(0);
  });
});
