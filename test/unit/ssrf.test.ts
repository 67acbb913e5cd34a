import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { parseUrl } from '../../src/domain/parse-url.js';
import { createAddressGuard } from '../../src/images/address-guard.js';
import { createFetchImage } from '../../src/images/fetch-image.js';
import { isSpecialAddress } from '../../src/images/special-addresses.js';
import { startDns, type TestDns } from '../support/start-dns.js';

const signal = new AbortController().signal;
type Options = Parameters<typeof createAddressGuard>[0];
type Connect = NonNullable<Options['connect']>;

async function fetched(url: string, options: Options): Promise<Buffer> {
  const guard = createAddressGuard(options);
  const limits = { maxImageBytes: 100_000, fetchTimeoutMs: 5_000 };
  try {
    return (await createFetchImage({ guard, limits, userAgent: 'test' })(url, { signal })).bytes;
  } finally {
    await guard.close();
  }
}

/** Whoever connects although he should not is counted here: no test sends anything to any other machine. */
async function withServer(
  address: string,
  work: (server: { port: number; connections: () => number }) => Promise<void>,
  handler: RequestListener = (_, response) => response.end('bytes'),
) {
  const server: Server = createServer(handler);
  let connections = 0;
  server.on('connection', () => connections++);
  server.listen(0, address);
  await once(server, 'listening');
  try {
    await work({ port: (server.address() as AddressInfo).port, connections: () => connections });
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

/** The IANA registries of special-purpose addresses, and what clouds add: each range by its first and last address. */
const RANGES: readonly (readonly [string, string])[] = [
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.0', '127.255.255.255'],
  ['168.63.129.16', '168.63.129.16'],
  ['169.254.0.0', '169.254.255.255'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.255'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.31.196.0', '192.31.196.255'],
  ['192.52.193.0', '192.52.193.255'],
  ['192.88.99.0', '192.88.99.255'],
  ['192.168.0.0', '192.168.255.255'],
  ['192.175.48.0', '192.175.48.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['198.51.100.0', '198.51.100.255'],
  ['203.0.113.0', '203.0.113.255'],
  ['224.0.0.0', '239.255.255.255'],
  ['240.0.0.0', '255.255.255.255'],
  ['::', '::'],
  ['::1', '::1'],
  ['::ffff:0:0', '::ffff:255.255.255.255'],
  ['64:ff9b::', '64:ff9b::255.255.255.255'],
  ['64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
  ['100::', '100::ffff:ffff:ffff:ffff'],
  ['100:0:0:1::', '100:0:0:1:ffff:ffff:ffff:ffff'],
  ['2001::', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:1::1', '2001:1::3'],
  ['2001:2::', '2001:2:0:ffff:ffff:ffff:ffff:ffff'],
  ['2001:3::', '2001:3:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:4:112::', '2001:4:112:ffff:ffff:ffff:ffff:ffff'],
  ['2001:10::', '2001:1f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:20::', '2001:2f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:30::', '2001:3f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2620:4f:8000::', '2620:4f:8000:ffff:ffff:ffff:ffff:ffff'],
  ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
];
/** Neighbours of those ranges, and hosts that many know. */
const PUBLIC = [
  ...['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
  ...['168.63.129.15', '168.63.129.17', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0'],
  ...['191.255.255.255', '192.0.1.0', '192.0.3.0', '192.88.98.255', '192.88.100.0', '192.167.255.255', '192.169.0.0'],
  ...['198.17.255.255', '198.20.0.0', '198.51.99.255', '203.0.112.255', '203.0.114.0', '223.255.255.255'],
  ...['2000::', '2001:200::', '2001:db7:ffff::', '2001:db9::', '2003::', '2606:4700:4700::1111', '2620:4f:8001::'],
  ...['3ffe:ffff::', '2a00:1450:4001::1'],
];

describe('special addresses', () => {
  it.each(RANGES)('hold all of %s to %s', (first, last) => {
    expect([isSpecialAddress(first), isSpecialAddress(last)]).toEqual([true, true]);
  });
  it.each(PUBLIC)('do not hold %s', (address) => expect(isSpecialAddress(address)).toBe(false));
  it.each(['', 'localhost', '127.1', '1.2.3', '1.2.3.4.5', '0x7f.0.0.1', '::1%lo', '2606:4700::1%eth0', '[::1]'])(
    'hold %j, which is no address that can be judged',
    (text) => expect(isSpecialAddress(text)).toBe(true),
  );
});

/** Bypasses of the public lists (PayloadsAllTheThings, cujanovic/SSRF-Testing, Orange Tsai's parsers), as facts. */
const BYPASSES: readonly (readonly [string, readonly string[]])[] = [
  [
    'plain',
    ['http://127.0.0.1/', 'http://127.127.127.127/', 'http://127.0.0.0/', 'https://127.0.0.1/', 'http://0.0.0.0/'],
  ],
  ['short forms', ['http://127.1/', 'http://127.0.1/', 'http://0/', 'http://10.1/', 'http://192.168.257/']],
  ['decimal', ['http://2130706433/', 'http://3232235521/', 'http://3232235777/', 'http://2852039166/']],
  [
    'octal',
    [
      'http://0177.0.0.1/',
      'http://00000177.1/',
      'http://017700000001/',
      'http://127.00.00.01/',
      'http://0251.0376.0251.0376/',
    ],
  ],
  [
    'hexadecimal',
    ['http://0x7f.0.0.1/', 'http://0x7f.1/', 'http://0x7f000001/', 'http://0xA9FEA9FE/', 'http://0xa9.0xfe.0xa9.0xfe/'],
  ],
  ['mixed', ['http://0x7f.0.01/', 'http://0251.254.0xa9fe/', 'http://169.0376.43518/']],
  ['trailing dots', ['http://127.0.0.1./', 'http://localhost./', 'http://169.254.169.254./']],
  [
    'other digits',
    [
      'http://①②⑦.⓪.⓪.①/',
      'http://１２７.０.０.１/',
      'http://127。0。0。1/',
      'http://127．0．0．1/',
      'http://１６９｡２５４｡１６９｡２５４/',
    ],
  ],
  [
    'percent signs',
    ['http://%31%32%37.0.0.1/', 'http://127.0.0%2e1/', 'http://%6cocalhost/', 'http://127.0.0.1/%2561dmin'],
  ],
  [
    'letters that fold',
    ['http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/', 'http://LOCALHOST/', 'http://ｌｏｃａｌｈｏｓｔ/', 'http://loc\u00adalhost/'],
  ],
  ['loopback in IPv6', ['http://[::1]/', 'http://[::]/', 'http://[0:0:0:0:0:0:0:1]/', 'http://[0000::1]:80/']],
  [
    'IPv4 within IPv6',
    [
      'http://[::ffff:127.0.0.1]/',
      'http://[0:0:0:0:0:ffff:127.0.0.1]/',
      'http://[::ffff:7f00:1]/',
      'http://[::127.0.0.1]/',
      'http://[::ffff:8.8.8.8]/',
    ],
  ],
  [
    'NAT64, 6to4, Teredo',
    [
      'http://[64:ff9b::7f00:1]/',
      'http://[64:ff9b::127.0.0.1]/',
      'http://[64:ff9b:1::a00:1]/',
      'http://[2002:7f00:1::]/',
      'http://[2001:0:7f00:1::]/',
    ],
  ],
  [
    'private in IPv6',
    ['http://[fc00::1]/', 'http://[fd12:3456::1]/', 'http://[fe80::1]/', 'http://[ff02::1]/', 'http://[fec0::1]/'],
  ],
  [
    'metadata of clouds',
    [
      'http://169.254.169.254/latest/meta-data/',
      'http://169.254.170.2/v2/credentials',
      'http://100.100.100.200/latest/',
      'http://192.0.0.192/opc/v2/',
      'http://168.63.129.16/machine',
      'http://[fd00:ec2::254]/latest/',
      'http://[fd20:ce::254]/computeMetadata/v1/',
      'http://metadata.google.internal/computeMetadata/v1/',
      'http://metadata/',
    ],
  ],
  [
    'names that point inwards',
    [
      'http://localhost/',
      'http://localtest.me/',
      'http://127.0.0.1.nip.io/',
      'http://10-0-0-1.sslip.io/',
      'http://six.example/',
      'http://both.example/',
    ],
  ],
  [
    'userinfo before it',
    [
      'http://user:pass@127.0.0.1/',
      'http://shop.example@127.0.0.1/',
      'http://shop.example:80@127.0.0.1/',
      'http://a:b@10.0.0.2@127.0.0.1/',
      'http://127.0.0.1%2f@10.0.0.1/',
    ],
  ],
  [
    'parsers that part',
    [
      'http://127.1.1.1:80\\@127.2.2.2:80/',
      'http://127.1.1.1:80\\@@127.2.2.2:80/',
      'http://127.1.1.1:80#\\@127.2.2.2:80/',
      'http://10.0.0.1 &@10.0.0.2# @10.0.0.3/',
      'http://127.0.0.1?@shop.example/',
      'http://127.0.0.1#@shop.example/',
      'http:\\\\127.0.0.1\\',
      'http:127.0.0.1/',
      'http:///127.0.0.1/',
      'ht\ntp://127.0.0.1/',
      'http://127.0.0.1\u200b/',
      '\u0000http://127.0.0.1/',
    ],
  ],
  [
    'other ports',
    [
      'http://8.8.8.8:22/',
      'http://8.8.8.8:6379/',
      'https://8.8.8.8:80443/',
      'http://8.8.8.8:8080/',
      'http://8.8.8.8:00025/',
    ],
  ],
  [
    'other schemes',
    [
      'file:///etc/passwd',
      'ftp://8.8.8.8/',
      'gopher://8.8.8.8:80/_x',
      'dict://8.8.8.8/',
      'ldap://8.8.8.8/',
      'sftp://8.8.8.8/',
      'tftp://8.8.8.8/',
      'jar:http://127.0.0.1!/',
      'netdoc:///etc/passwd',
      'data:image/png;base64,AAAA',
      'javascript:alert(1)',
      'blob:http://127.0.0.1/x',
      'unix:/var/run/docker.sock',
      'localhost:80/',
    ],
  ],
];
/** What no parser of URLs takes: it never comes to a connection. */
const NOT_URLS = [
  'http://0o177.0.0.1/',
  'http://[fe80::1%25eth0]/',
  'http://[::ffff:0x7f.1]/',
  'http://0000::1:80/',
  'http://256.0.0.1/',
  'http://0x100000000/',
  'http://127.0.0.1%00.shop.example/',
  'http://127.0.0.1:65536/',
  'http://127.1.1.1:80:\\@@127.2.2.2:80/',
  'http://l\u200docalhost/',
  'http://',
  '//127.0.0.1/',
  '',
];
const NAMES: Readonly<Record<string, string[]>> = {
  localhost: ['127.0.0.1'],
  'localhost.': ['127.0.0.1'],
  'localtest.me': ['127.0.0.1'],
  '127.0.0.1.nip.io': ['127.0.0.1'],
  '10-0-0-1.sslip.io': ['10.0.0.1'],
  'metadata.google.internal': ['169.254.169.254'],
  metadata: ['169.254.169.254'],
  'six.example': ['::ffff:10.0.0.1'],
  'both.example': ['8.8.8.8', '2606:4700:4700::1111', 'fd00::1'],
};
const lookup = async (hostname: string) => (NAMES[hostname] ?? []).map((address) => ({ address, family: 4 }));
/** A connector that connects nowhere: reaching it is the failure of a test. */
const nowhere =
  (reached: string[]): Connect =>
  (target, callback) => {
    reached.push(target.hostname);
    callback(new Error('connected'), null);
  };

describe.each(BYPASSES)('no connection is made to an address in the form of %s', (_, urls) => {
  it.each(urls)('%j', async (url) => {
    const reached: string[] = [];
    const outcome = fetched(url, { allow: [], lookup, connect: nowhere(reached) });
    if (!parseUrl(url)) await expect(outcome).rejects.toMatchObject({ code: 'FETCH_FAILED' });
    else await expect(outcome).rejects.toMatchObject({ code: 'BLOCKED_ADDRESS', retryable: false });
    expect(reached).toEqual([]);
  });
});

describe('what is no URL', () => {
  it.each(NOT_URLS)('is not fetched: %j', async (url) => {
    const reached: string[] = [];
    const outcome = fetched(url, { allow: [], lookup, connect: nowhere(reached) });
    await expect(outcome).rejects.toMatchObject({ code: 'FETCH_FAILED' });
    expect(reached).toEqual([]);
  });
});

describe('a name whose answers change', () => {
  let dns: TestDns;
  afterEach(() => dns.close());

  it('is checked by each answer: public first and private then is refused then', async () => {
    // 127.0.0.2 stands for a public address: it is allowed, and 127.0.0.1 is not.
    dns = await startDns({ 'rebind.example': [['127.0.0.2'], ['127.0.0.1'], ['::1']] });
    await withServer('127.0.0.2', async (open) => {
      const options = { allow: ['127.0.0.2/32'], lookup: dns.lookup };
      const url = `http://rebind.example:${open.port}/`;
      expect((await fetched(url, options)).toString()).toBe('bytes');
      await expect(fetched(url, options)).rejects.toMatchObject({ code: 'BLOCKED_ADDRESS' });
      await expect(fetched(url, options)).rejects.toMatchObject({ code: 'BLOCKED_ADDRESS' });
      expect([dns.asked.get('rebind.example'), open.connections()]).toEqual([3, 1]);
    });
  });

  it('is looked up once for each connection, which goes to the address that was checked', async () => {
    dns = await startDns({ 'rebind.example': [['127.0.0.2'], ['127.0.0.1']] });
    await withServer('0.0.0.0', async ({ port }) => {
      const peers: string[] = [];
      const connectTo: Connect = (target, callback) => {
        peers.push(target.hostname);
        const socket = connect(Number(target.port), target.hostname, () => callback(null, socket));
        return socket;
      };
      await fetched(`http://rebind.example:${port}/`, {
        allow: ['127.0.0.2/32'],
        lookup: dns.lookup,
        connect: connectTo,
      });
      expect([peers, dns.asked.get('rebind.example')]).toEqual([['127.0.0.2'], 1]);
    });
  });

  it('is refused when one of several answers is private', async () => {
    dns = await startDns({ 'mixed.example': [['127.0.0.2', '10.0.0.1', '::1']] });
    const reached: string[] = [];
    const options = { allow: ['127.0.0.2/32'], lookup: dns.lookup, connect: nowhere(reached) };
    await expect(fetched('http://mixed.example/', options)).rejects.toMatchObject({ code: 'BLOCKED_ADDRESS' });
    expect(reached).toEqual([]);
  });

  it('that is not there is told as that', async () => {
    dns = await startDns({});
    await expect(fetched('http://gone.example/', { allow: [], lookup: dns.lookup })).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      message: 'The name of the server is not known.',
    });
  });
});

describe('the connected socket', () => {
  it('is closed before a byte is sent where its peer is not the address that was checked', async () => {
    let requests = 0;
    await withServer(
      '127.0.0.1',
      async ({ port, connections }) => {
        // A way that leads elsewhere than asked, as a proxy in the network may be.
        const astray: Connect = (_target, callback) => {
          const socket = connect(port, '127.0.0.1', () => callback(null, socket));
          return socket;
        };
        const options = { allow: [], lookup: async () => [{ address: '8.8.8.8', family: 4 }], connect: astray };
        await expect(fetched('http://shop.example/', options)).rejects.toMatchObject({ code: 'BLOCKED_ADDRESS' });
        expect([connections(), requests]).toEqual([1, 0]);
      },
      (_, response) => {
        requests++;
        response.end();
      },
    );
  });
});

describe('FETCH_ALLOW', () => {
  it.each<[string, string[], boolean]>([
    ['an address', ['127.0.0.1'], true],
    ['an address with its port', ['127.0.0.1:PORT'], true],
    ['an address with another port', ['127.0.0.1:1'], false],
    ['a network', ['127.0.0.0/8'], true],
    ['another network', ['10.0.0.0/8', '::/0'], false],
    ['a name', ['shop.internal'], false],
  ])('opens %s and nothing else', async (_, allow, open) => {
    await withServer('127.0.0.1', async ({ port }) => {
      const outcome = fetched(`http://127.0.0.1:${port}/`, {
        allow: allow.map((entry) => entry.replace('PORT', String(port))),
      });
      if (open) expect((await outcome).toString()).toBe('bytes');
      else await expect(outcome).rejects.toMatchObject({ code: 'BLOCKED_ADDRESS' });
    });
  });

  it('of a name does not open the address that another name has', async () => {
    await withServer('127.0.0.1', async ({ port }) => {
      const options = { allow: ['shop.internal'], lookup: async () => [{ address: '127.0.0.1', family: 4 }] };
      expect((await fetched(`http://shop.internal:${port}/`, options)).toString()).toBe('bytes');
      await expect(fetched(`http://other.internal:${port}/`, options)).rejects.toMatchObject({
        code: 'BLOCKED_ADDRESS',
      });
    });
  });
});

describe('a redirect', () => {
  const targets = [
    'http://169.254.169.254/',
    'http://[::1]/',
    '//10.0.0.1/x',
    'http://2130706433/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_x',
    'http://inside.example/',
    'http://127.0.0.1:22/',
  ];
  it.each(targets.flatMap((target) => [301, 302, 303, 307, 308].map((status) => [status, target] as const)))(
    '%i to %s is checked like the URL itself',
    async (status, location) => {
      await withServer(
        '127.0.0.2',
        async ({ port }) => {
          const options = { allow: [`127.0.0.2:${port}`], lookup: async () => [{ address: '10.0.0.1', family: 4 }] };
          await expect(fetched(`http://127.0.0.2:${port}/`, options)).rejects.toMatchObject({
            code: 'BLOCKED_ADDRESS',
          });
        },
        (_, response) => response.writeHead(status, { location }).end(),
      );
    },
  );

  it.each([300, 304, 305, 306, 201, 200])('is none where the status is %i, whatever Location says', async (status) => {
    await withServer(
      '127.0.0.2',
      async ({ port, connections }) => {
        const outcome = fetched(`http://127.0.0.2:${port}/`, { allow: [`127.0.0.2:${port}`] });
        await outcome.catch((error) =>
          expect(error).toMatchObject({ code: expect.stringMatching(/HTTP_ERROR|NOT_AN_IMAGE/) }),
        );
        expect(connections()).toBe(1);
      },
      (_, response) =>
        response
          .writeHead(status, { location: 'http://169.254.169.254/', 'content-location': 'http://10.0.0.1/' })
          .end(),
    );
  });
});
