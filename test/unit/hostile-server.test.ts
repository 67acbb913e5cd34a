import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createGzip, gzipSync } from 'node:zlib';
import { buildConnector } from 'undici';
import { createAddressGuard } from '../../src/images/address-guard.js';
import { createFetchImage } from '../../src/images/fetch-image.js';
import { selfSigned } from '../support/self-signed.js';
import { waitFor } from '../support/wait-for.js';

const MIB = 1024 * 1024;
const signal = new AbortController().signal;
let server: Server;
let sockets: Set<Socket>;
let guard: ReturnType<typeof createAddressGuard>;

async function served(made: Server): Promise<number> {
  server = made;
  sockets = new Set();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function fetched(url: string, limits = {}, options = {}) {
  guard = createAddressGuard({ allow: ['127.0.0.1', 'shop.internal', 'other.internal'], ...options });
  const all = { maxImageBytes: 100_000, fetchTimeoutMs: 10_000, ...limits };
  const fetchImage = createFetchImage({ guard, limits: all, userAgent: 'Pixelpress/1 (+mailto:ops@shop.example)' });
  return fetchImage(url, { signal });
}

afterEach(async () => {
  await guard.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((closed) => server.close(closed));
});

const http = (handler: RequestListener) => served(createServer(handler));
/** A server that says what no HTTP library would let it say. */
const raw = (say: (socket: Socket) => void) =>
  served(createTcpServer((socket) => void socket.once('data', () => say(socket))));

describe('a server that sends too much', () => {
  it('as a gigabyte in gzip is left at the limit, in bounded memory', async () => {
    const zeros = Buffer.alloc(MIB);
    let sent = 0;
    const port = await http((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      const gzip = createGzip();
      gzip.on('error', () => undefined);
      gzip.pipe(response);
      const more = () => {
        if (response.destroyed || sent >= 1024) return gzip.end();
        sent++;
        gzip.write(zeros, more);
      };
      more();
    });
    const before = process.memoryUsage().rss;
    await expect(fetched(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
    expect((process.memoryUsage().rss - before) / MIB).toBeLessThan(200);
    await waitFor('the server to see it gone', () => sockets.size === 0);
    expect(sent).toBeLessThan(1024);
  });

  it.each([
    ['packed twice', { 'content-encoding': 'gzip, gzip' }, gzipSync(gzipSync('x'))],
    ['packed in an unknown way', { 'content-encoding': 'zstd' }, Buffer.from('x')],
    ['packed wrongly', { 'content-encoding': 'gzip' }, Buffer.from('no gzip')],
    ['cut off in its packing', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(10_000, 'abc')).subarray(0, 20)],
    ['packed wrongly for br', { 'content-encoding': 'br' }, Buffer.from('no brotli')],
  ])('is told where it is %s', async (_, headers, body) => {
    const port = await http((_request, response) => response.writeHead(200, headers).end(body));
    await expect(fetched(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'FETCH_FAILED' });
  });

  it('of headers is left', async () => {
    const port = await raw((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\n${'X-A: aaaaaaaaaaaaaaaa\r\n'.repeat(10_000)}\r\n`),
    );
    await expect(fetched(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'FETCH_FAILED' });
  });

  it('behind a redirect is not read', async () => {
    const port = await http((request, response) => {
      if (request.url === '/next') return response.end('bytes');
      response.writeHead(302, { location: '/next' });
      const more = () => response.write(Buffer.alloc(MIB), (error) => error || more());
      return more();
    });
    expect((await fetched(`http://127.0.0.1:${port}/`)).bytes.toString()).toBe('bytes');
  });
});

describe('a server that drips', () => {
  const drip = (write: () => boolean | undefined, socket: { on(event: 'close', listener: () => void): unknown }) => {
    const timer = setInterval(write, 20);
    socket.on('close', () => clearInterval(timer));
  };
  it.each<[string, (socket: Socket) => void]>([
    ['in its status line', (socket) => drip(() => socket.write('H'), socket)],
    [
      'in its headers',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        drip(() => socket.write('X-A: b\r\n'), socket);
      },
    ],
    [
      'in its body',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n');
        drip(() => socket.write('x'), socket);
      },
    ],
    [
      'in chunks',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
        drip(() => socket.write('1\r\nx\r\n'), socket);
      },
    ],
    ['informational answers', (socket) => drip(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), socket)],
    ['nothing at all', () => undefined],
  ])('%s is left at the deadline of the whole fetch', async (_, say) => {
    const port = await raw(say);
    // Without the deadline it would go on until the test's own limit.
    const outcome = fetched(`http://127.0.0.1:${port}`, { fetchTimeoutMs: 300 });
    await expect(outcome).rejects.toMatchObject({
      code: expect.stringMatching(/FETCH_TIMEOUT|FETCH_FAILED/),
      retryable: true,
    });
    await waitFor('the server to see it gone', () => sockets.size === 0);
  });

  it('redirects is left at the same deadline', async () => {
    const port = await http((request, response) => {
      setTimeout(() => response.writeHead(302, { location: `/${request.url?.length}x` }).end(), 120);
    });
    const outcome = fetched(`http://127.0.0.1:${port}`, { fetchTimeoutMs: 300 });
    await expect(outcome).rejects.toMatchObject({ code: 'FETCH_TIMEOUT' });
  });
});

describe('what is sent on', () => {
  it('names the service and how its operator is reached', async () => {
    let agent: string | undefined;
    const port = await http((request, response) => {
      agent = request.headers['user-agent'];
      response.end('bytes');
    });
    await fetched(`http://127.0.0.1:${port}`);
    expect(agent).toBe('Pixelpress/1 (+mailto:ops@shop.example)');
  });

  it('is userinfo as it stands, where its percent signs encode nothing', async () => {
    let authorization: string | undefined;
    const port = await http((request, response) => {
      authorization = request.headers.authorization;
      response.end('bytes');
    });
    await fetched(`http://a%zz:100%25@127.0.0.1:${port}`);
    expect(authorization).toBe(`Basic ${btoa('a%zz:100%')}`);
  });
});

describe('TLS', () => {
  const lookup = async () => [{ address: '127.0.0.1', family: 4 }];
  const { cert, key } = selfSigned('shop.internal');
  const vouched = buildConnector({ ca: cert });
  let requests = 0;
  const serve = () =>
    served(
      createTlsServer({ cert, key }, (_request, response) => {
        requests++;
        response.end('bytes');
      }),
    );

  it.each([
    ['nobody vouches for', 'shop.internal', {}],
    ['is of another host', 'other.internal', { connect: vouched }],
  ])('a certificate that %s is refused, and nothing is asked', async (_, host, options) => {
    const port = await serve();
    const outcome = fetched(`https://${host}:${port}/`, {}, { lookup, ...options });
    const message = 'The certificate of the server is not valid.';
    await expect(outcome).rejects.toMatchObject({ code: 'FETCH_FAILED', message, retryable: false });
    expect(requests).toBe(0);
  });

  it('is spoken with the name of the host, whose certificate somebody vouches for', async () => {
    const port = await serve();
    const { bytes } = await fetched(`https://shop.internal:${port}/`, {}, { lookup, connect: vouched });
    expect(bytes.toString()).toBe('bytes');
  });
});

describe('one origin', () => {
  it('sees no more connections than it may, wherever the way to it began', async () => {
    let most = 0;
    const waiting: (() => void)[] = [];
    const port = await http((request, response) => {
      const { port: own } = new URL(`http://${request.headers.host}`);
      // Different hosts that all send on to the same one.
      if (!request.headers.host?.startsWith('127'))
        return response.writeHead(302, { location: `http://127.0.0.1:${own}/` }).end();
      most = Math.max(
        most,
        waiting.push(() => response.end('bytes')),
      );
      return undefined;
    });
    guard = createAddressGuard({
      allow: ['127.0.0.0/8'],
      perOrigin: 2,
      lookup: async () => [{ address: '127.0.0.1', family: 4 }],
    });
    const limits = { maxImageBytes: 100_000, fetchTimeoutMs: 10_000 };
    const fetchImage = createFetchImage({ guard, limits, userAgent: 'test' });
    const all = Array.from({ length: 6 }, (_, index) => fetchImage(`http://h${index}.example:${port}/`, { signal }));
    let done = 0;
    for (const each of all) void each.then(() => done++);
    await waitFor('all to be served', () => {
      expect(waiting.length).toBeLessThanOrEqual(2);
      if (waiting.length === 2) for (const answer of waiting.splice(0)) answer();
      return done === 6;
    });
    expect(most).toBe(2);
  });
});
