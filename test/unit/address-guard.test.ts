import { createServer } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createAddressGuard } from '../../src/images/address-guard.js';
import { createFetchImage } from '../../src/images/fetch-image.js';
import { isSpecialAddress } from '../../src/images/special-addresses.js';
import { waitFor } from '../support/wait-for.js';

const signal = new AbortController().signal;

function fetcher(
  allow: string[],
  lookup?: (hostname: string) => Promise<{ address: string; family: number }[]>,
  limits = {},
) {
  const guard = createAddressGuard({ allow, ...(lookup && { lookup }) });
  const fetchImage = createFetchImage({
    guard,
    limits: { maxImageBytes: 100_000, fetchTimeoutMs: 5_000, ...limits },
    userAgent: 'test',
  });
  return { guard, fetch: (url: string) => fetchImage(url, { signal }) };
}

async function withServer(
  handler: Parameters<typeof createServer>[1],
  work: (url: string, port: number) => Promise<void>,
) {
  const server = createServer(handler as never);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  try {
    await work(`http://127.0.0.1:${port}`, port);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

describe('the address guard', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '::8.8.8.8',
    '64:ff9b::808:808',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:808:808::1',
    '3fff::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '5f00::1',
  ])('holds %s for no public address', (address) => expect(isSpecialAddress(address)).toBe(true));

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::1'])(
    'holds %s for public',
    (address) => expect(isSpecialAddress(address)).toBe(false),
  );

  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://0/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://127.0.0.1./',
    'http://①②⑦.⓪.⓪.①/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[fd00:ec2::254]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://localhost/',
    'http://user:pass@127.0.0.1/',
    'http://8.8.8.8:22/',
    'file:///etc/passwd',
    'ftp://8.8.8.8/',
  ])('does not fetch %s', async (url) => {
    const { guard, fetch } = fetcher([]);
    await expect(fetch(url)).rejects.toMatchObject({ code: 'BLOCKED_ADDRESS', retryable: false });
    await guard.close();
  });

  it('connects to none of the addresses of a name when one of them is private', async () => {
    const { guard, fetch } = fetcher([], async () => [
      { address: '8.8.8.8', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]);
    await expect(fetch('http://shop.example/')).rejects.toMatchObject({ code: 'BLOCKED_ADDRESS' });
    await guard.close();
  });

  it('looks a name up once, so that a second, private answer is never connected to', async () => {
    let lookups = 0;
    let reached = false;
    await withServer(
      (_, response) => {
        reached = true;
        response.end('x');
      },
      async (_, port) => {
        const { guard, fetch } = fetcher(['shop.example:1'], async () => [
          { address: lookups++ === 0 ? '192.0.2.1' : '127.0.0.1', family: 4 },
        ]);
        await expect(fetch(`http://shop.example:${port}/`)).rejects.toMatchObject({ code: 'BLOCKED_ADDRESS' });
        expect([lookups, reached]).toEqual([1, false]);
        await guard.close();
      },
    );
  });

  it('checks each redirect, and follows five at most', async () => {
    await withServer(
      (request, response) =>
        response.writeHead(302, { location: request.url === '/loop' ? '/loop' : 'http://169.254.169.254/' }).end(),
      async (url) => {
        const { guard, fetch } = fetcher(['127.0.0.1']);
        await expect(fetch(`${url}/`)).rejects.toMatchObject({ code: 'BLOCKED_ADDRESS' });
        await expect(fetch(`${url}/loop`)).rejects.toMatchObject({ code: 'TOO_MANY_REDIRECTS' });
        await guard.close();
      },
    );
  });
});

describe('a fetch', () => {
  const limits = { maxImageBytes: 100_000, fetchTimeoutMs: 200 };
  const publicAddresses = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ address: `93.184.216.${at + 1}`, family: 4 }));
  const never = new Promise<never>(() => undefined);
  type Options = Omit<Parameters<typeof createAddressGuard>[0], 'allow'>;
  /** Ways to a host that never end. */
  const ENDLESS: [string, Options][] = [
    ['the look-up of its name', { lookup: () => never }],
    ['the way to its addresses', { lookup: async () => publicAddresses(12), connect: () => undefined }],
  ];

  it.each(ENDLESS)('ends at its deadline though %s never does', async (_, options) => {
    const guard = createAddressGuard({ allow: [], ...options });
    const outcome = createFetchImage({ guard, limits, userAgent: 'test' })('http://shop.example/', { signal });
    await expect(outcome).rejects.toMatchObject({ code: 'FETCH_TIMEOUT', retryable: true });
    await guard.close();
  });

  it.each(ENDLESS)('ends when it is stopped though %s never does', async (_, options) => {
    const guard = createAddressGuard({ allow: [], ...options });
    const fetchImage = createFetchImage({ guard, limits: { ...limits, fetchTimeoutMs: 60_000 }, userAgent: 'test' });
    const stop = new AbortController();
    const outcome = fetchImage('http://shop.example/', { signal: stop.signal });
    setImmediate(() => stop.abort(new Error('stopped')));
    await expect(outcome).rejects.toThrow('stopped');
    await guard.close();
  });

  it('tries four addresses of a name, and has checked all of them before', async () => {
    const reached: string[] = [];
    const connect: Options['connect'] = (target, callback) => {
      reached.push(target.hostname);
      callback(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), null);
    };
    const found = publicAddresses(12);
    const guard = createAddressGuard({ allow: [], lookup: async () => found, connect });
    const fetchImage = createFetchImage({ guard, limits, userAgent: 'test' });
    await expect(fetchImage('http://shop.example/', { signal })).rejects.toMatchObject({ code: 'FETCH_FAILED' });
    expect(reached).toEqual(found.slice(0, 4).map(({ address }) => address));
    found.push({ address: '10.0.0.1', family: 4 });
    await expect(fetchImage('http://shop.example/', { signal })).rejects.toMatchObject({ code: 'BLOCKED_ADDRESS' });
    expect(reached).toHaveLength(4);
    await guard.close();
  });

  it('has ten seconds for all of its addresses together, and wants nothing of one that answers later', async () => {
    const calls: ((error: null, socket: Socket) => void)[] = [];
    const lookup = async () => publicAddresses(4);
    const connect: Options['connect'] = (_, callback) => void calls.push(callback);
    const guard = createAddressGuard({ allow: [], lookup, connect });
    import.meta.jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    const long = { ...limits, fetchTimeoutMs: 60_000 };
    const outcome = createFetchImage({ guard, limits: long, userAgent: 'test' })('http://shop.example/', { signal });
    const told = expect(outcome).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      message: 'The server did not take the connection in time.',
    });
    await import.meta.jest.advanceTimersByTimeAsync(10_000);
    import.meta.jest.useRealTimers();
    await told;
    expect(calls).toHaveLength(4);
    const socket = new Socket();
    calls[0]?.(null, socket);
    expect(socket.destroyed).toBe(true);
    await guard.close();
  });
});

describe('fetching', () => {
  it('stops at the limit of bytes, announced or not, packed or not', async () => {
    const big = Buffer.alloc(1_000_000);
    await withServer(
      (request, response) => {
        if (request.url === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(big));
        else if (request.url === '/chunked') {
          response.write(big);
          response.end();
        } else response.writeHead(200, { 'content-length': big.length }).end(big);
      },
      async (url) => {
        const { guard, fetch } = fetcher(['127.0.0.0/8']);
        for (const path of ['/gzip', '/chunked', '/announced']) {
          await expect(fetch(url + path)).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
        }
        await guard.close();
      },
    );
  });

  it('reads on when there is room, and what it waits for that is no time of the server’s', async () => {
    const big = Buffer.alloc(50_000, 'x');
    await withServer(
      (_, response) => response.end(big),
      async (url) => {
        const guard = createAddressGuard({ allow: ['127.0.0.1'] });
        const limits = { maxImageBytes: 100_000, fetchTimeoutMs: 500 };
        const fetchImage = createFetchImage({ guard, limits, userAgent: 'test' });
        const asked: number[] = [];
        const reserve = async (bytes: number) => {
          asked.push(bytes);
          const since = Date.now();
          if (asked.length === 1)
            await waitFor('the time to be over', () => Date.now() - since > limits.fetchTimeoutMs);
        };
        expect((await fetchImage(url, { signal, reserve })).bytes.equals(big)).toBe(true);
        // Its length was announced: it is held once.
        expect(Math.max(...asked)).toBe(big.length);
        const stop = new AbortController();
        const never = () => new Promise<never>((_, reject) => stop.signal.addEventListener('abort', reject));
        const outcome = fetchImage(url, { signal: stop.signal, reserve: never });
        setImmediate(() => stop.abort(new Error('stopped')));
        await expect(outcome).rejects.toThrow('stopped');
        await guard.close();
      },
    );
  });

  it('stops at its deadline when a server drips', async () => {
    await withServer(
      (_, response) => {
        const drip = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(drip));
      },
      async (url) => {
        const { guard, fetch } = fetcher(['127.0.0.1'], undefined, { fetchTimeoutMs: 300 });
        await expect(fetch(url)).rejects.toMatchObject({ code: 'FETCH_TIMEOUT', retryable: true });
        await guard.close();
      },
    );
  });

  it.each([
    [404, false],
    [403, false],
    [410, false],
    [408, true],
    [429, true],
    [500, true],
    [503, true],
  ])('tells %i as HTTP_ERROR, retryable: %s', async (status, retryable) => {
    await withServer(
      (_, response) => response.writeHead(status, { 'retry-after': '7' }).end('no'),
      async (url) => {
        const { guard, fetch } = fetcher(['127.0.0.1']);
        await expect(fetch(url)).rejects.toMatchObject({
          code: 'HTTP_ERROR',
          retryable,
          retryAfterMs: 7_000,
          message: expect.stringContaining(String(status)),
        });
        await guard.close();
      },
    );
  });

  it('sends userinfo as Basic to its own origin alone, and neither cookies nor a Referer', async () => {
    const seen: unknown[] = [];
    await withServer(
      (request, response) => {
        const { authorization, cookie, referer } = request.headers;
        seen.push([request.url, authorization, cookie, referer]);
        if (request.url === '/a') response.writeHead(302, { location: '/b', 'set-cookie': 'a=b' }).end();
        else if (request.url === '/b') {
          response.writeHead(302, { location: `http://localhost:${request.socket.localPort}/c` }).end();
        } else response.end('bytes');
      },
      async (_, port) => {
        const { guard, fetch } = fetcher(['127.0.0.0/8', 'localhost']);
        await fetch(`http://ann:pw@127.0.0.1:${port}/a`);
        expect(seen).toEqual([
          ['/a', `Basic ${btoa('ann:pw')}`, undefined, undefined],
          ['/b', `Basic ${btoa('ann:pw')}`, undefined, undefined],
          ['/c', undefined, undefined, undefined],
        ]);
        await guard.close();
      },
    );
  });
});
