import FormData from 'form-data';
import { openedGraphQLSocket } from '../support/graphql-socket.js';
import { type Service, startService } from '../support/start-service.js';

let service: Service;

beforeAll(async () => {
  service = await startService({ MAX_FILE_BYTES: '100000' });
});
afterAll(async () => {
  expect(await service.stop()).toBe(0);
});

interface Answer {
  data?: unknown;
  errors?: { message: string; extensions: { code: string } }[];
}

async function overHttp(query: string, variables = {}): Promise<Answer> {
  const body = JSON.stringify({ query, variables });
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${service.url}/graphql`, { method: 'POST', body, headers })).json();
}

async function overWebSocket(query: string, variables = {}): Promise<Answer> {
  const client = await openedGraphQLSocket(service.url);
  client.send({ id: '1', type: 'subscribe', payload: { query, variables } });
  const { payload } = await client.receive('next', 'error');
  client.socket.close();
  return Array.isArray(payload) ? { errors: payload } : (payload as Answer);
}

describe.each([
  ['HTTP', overHttp],
  ['WebSocket', overWebSocket],
])('a document over %s', (_, ask) => {
  it.each([
    ['tokens', `{ ${'version '.repeat(1_000)} }`],
    ['nests', `{ product(id: "1") { ${'request { products { nodes { '.repeat(6)}id${' } } }'.repeat(6)} } }`],
    ['aliases', `{ ${Array.from({ length: 31 }, (_each, index) => `a${index}: version`).join(' ')} }`],
    ['directives', `{ ${'version @include(if: true) '.repeat(31)} }`],
    ['fields', '{ requests(first: 100) { nodes { products(first: 100) { nodes { id row name serialNumber } } } } }'],
    ['itself', '{ version ...A } fragment A on Query { version ...B } fragment B on Query { ...A }'],
    ['100', '{ requests(first: 101) { nodes { id } } }'],
  ])('that asks too much is refused for its %s', async (word, query) => {
    const { data, errors } = await ask(query);
    expect(data ?? null).toBeNull();
    expect(errors?.[0]?.message).toContain(word);
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('is counted with its variables', async () => {
    const query =
      'query($n: Int) { requests(first: 100) { nodes { products(first: $n) { nodes { id row name serialNumber } } } } }';
    expect((await ask(query, { n: 100 })).errors?.[0]?.message).toContain('fields');
    expect((await ask(query, { n: 5 })).errors).toBeUndefined();
  });

  it('is refused where graphql-js throws while it validates: a directive at the root of a subscription without its variable', async () => {
    const { errors } = await ask('subscription { requestStatus(id: "x") @include(if: $v) { request { id } } }');
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('that is wrong is answered without the names that would have been right, and without what it holds at length', async () => {
    const suggestion = await ask('{ versiom requests { nodez { id } } }');
    expect(suggestion.errors?.[0]?.message).toMatch(/Cannot query field/);
    expect(JSON.stringify(suggestion)).not.toMatch(/Did you mean|version/);
    const long = await ask('query($n: Int) { requests(first: $n) { nodes { id } } }', { n: 'x'.repeat(100_000) });
    expect(JSON.stringify(long).length).toBeLessThan(1_000);
  });
});

describe('a form with a file', () => {
  function send(parts: [string, string, boolean?][], length?: number) {
    const form = new FormData();
    for (const [name, value, isFile] of parts) form.append(name, value, isFile ? { filename: 'a.csv' } : undefined);
    const bytes = form.getBuffer();
    const body = new Uint8Array(length === undefined ? bytes : bytes.subarray(0, length));
    return fetch(`${service.url}/graphql`, {
      method: 'POST',
      body,
      headers: { ...form.getHeaders(), 'apollo-require-preflight': 'true' },
    });
  }
  const query = 'mutation($file: Upload!) { checkCsv(file: $file) { rows } }';
  const operations = JSON.stringify({ query, variables: { file: null, list: [null] } });
  const map = JSON.stringify({ 0: ['variables.file'] });
  const csv = 'No,Name,Images\n1,A,http://x.example/a.jpg\n';

  it('is taken in the order of the specification', async () => {
    const response = await send([
      ['operations', operations],
      ['map', map],
      ['0', csv, true],
    ]);
    expect(await response.json()).toEqual({ data: { checkCsv: { rows: 1 } } });
  });

  it.each<[string, [string, string, boolean?][]]>([
    [
      'the map first',
      [
        ['map', map],
        ['operations', operations],
        ['0', csv, true],
      ],
    ],
    [
      'no map',
      [
        ['operations', operations],
        ['0', csv, true],
      ],
    ],
    [
      'a map of two files',
      [
        ['operations', operations],
        ['map', JSON.stringify({ 0: ['variables.file'], 1: ['variables.list.0'] })],
        ['0', csv, true],
      ],
    ],
    [
      'a file for two variables',
      [
        ['operations', operations],
        ['map', JSON.stringify({ 0: ['variables.file', 'variables.list.0'] })],
        ['0', csv, true],
      ],
    ],
    [
      'a path into a prototype',
      [
        ['operations', operations],
        ['map', JSON.stringify({ 0: ['variables.__proto__.x'] })],
        ['0', csv, true],
      ],
    ],
    [
      'a path to what a prototype holds',
      [
        ['operations', operations],
        ['map', JSON.stringify({ 0: ['variables.hasOwnProperty.call'] })],
        ['0', csv, true],
      ],
    ],
    [
      'a path to what is there already',
      [
        ['operations', operations],
        ['map', JSON.stringify({ 0: ['query'] })],
        ['0', csv, true],
      ],
    ],
    [
      'a path that leads nowhere',
      [
        ['operations', operations],
        ['map', JSON.stringify({ 0: ['variables.a.b.c'] })],
        ['0', csv, true],
      ],
    ],
    [
      'a map that is none',
      [
        ['operations', operations],
        ['map', '[]'],
        ['0', csv, true],
      ],
    ],
    [
      'operations that are none',
      [
        ['operations', '[]'],
        ['map', map],
        ['0', csv, true],
      ],
    ],
    [
      'JSON that is none',
      [
        ['operations', '{'],
        ['map', map],
        ['0', csv, true],
      ],
    ],
    [
      'a file of another name',
      [
        ['operations', operations],
        ['map', map],
        ['1', csv, true],
      ],
    ],
    [
      'no file',
      [
        ['operations', operations],
        ['map', map],
      ],
    ],
    [
      'more fields than two',
      [
        ['operations', operations],
        ['map', map],
        ['more', 'x'],
        ['0', csv, true],
      ],
    ],
    [
      'operations that are too long',
      [
        ['operations', `{"query":"${'x'.repeat(1_100_000)}"}`],
        ['map', map],
        ['0', csv, true],
      ],
    ],
  ])('is refused for %s', async (_, parts) => {
    const response = await send(parts);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  it('is refused for a part whose header is malformed', async () => {
    const body = '--b\r\nno header\u0001\r\n\r\n--b--\r\n';
    const headers = { 'content-type': 'multipart/form-data; boundary=b', 'apollo-require-preflight': 'true' };
    const response = await fetch(`${service.url}/graphql`, { method: 'POST', body, headers });
    expect(response.status).toBe(400);
    expect(((await response.json()) as Answer).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(service.process.exitCode).toBeNull();
  });

  it('is taken without a file where “map” names none', async () => {
    const response = await send([
      ['operations', '{"query":"{ version }"}'],
      ['map', '{}'],
    ]);
    expect(await response.json()).toEqual({ data: { version: expect.any(String) } });
  });

  it('is taken with its first file, whatever stands behind', async () => {
    const response = await send([
      ['operations', operations],
      ['map', map],
      ['0', csv, true],
      ['1', csv.repeat(2_000), true],
      ['more', 'x'],
    ]);
    expect(await response.json()).toEqual({ data: { checkCsv: { rows: 1 } } });
  });

  it.each([150_000, 1_000_000])('is answered by intake where its file of %d bytes is too large', async (size) => {
    const wide = 'mutation($file: Upload!) { checkCsv(file: $file) { rows userErrors { code } } }';
    const response = await send([
      ['operations', JSON.stringify({ query: wide, variables: { file: null } })],
      ['map', map],
      ['0', `${csv}${'2,B,http://x.example/b.jpg\n'.repeat(size / 27)}`, true],
    ]);
    expect(await response.json()).toMatchObject({ data: { checkCsv: { userErrors: [{ code: 'FILE_TOO_LARGE' }] } } });
  });

  it.each([
    ['twice', 'mutation($file: Upload!) { a: checkCsv(file: $file) { rows } b: checkCsv(file: $file) { rows } }'],
    ['as what it is not', 'query($file: Int!) { requests(first: $file) { totalCount } }'],
  ])('whose file is asked for %s is refused without a word of how it is read', async (_, wrong) => {
    const response = await send([
      ['operations', JSON.stringify({ query: wrong, variables: { file: null } })],
      ['map', map],
      ['0', csv, true],
    ]);
    const answer = (await response.json()) as Answer;
    expect(answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(JSON.stringify(answer)).not.toMatch(/graphql-upload|createReadStream|\[Promise\]|\[Object\]|\[function/);
  });

  it('that breaks off is refused, before its file and within it', async () => {
    const whole: [string, string, boolean?][] = [
      ['operations', operations],
      ['map', map],
      ['0', csv.repeat(500), true],
    ];
    for (const length of [100, 600, 2_000]) {
      const answer = (await (await send(whole, length)).json()) as Answer;
      expect(answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  it('whose file no operation reads is answered, and its connection serves the next request', async () => {
    const unread = JSON.stringify({ query: '{ version }', variables: { file: null } });
    for (let time = 0; time < 3; time++) {
      const response = await send([
        ['operations', unread],
        ['map', map],
        ['0', csv.repeat(2_000), true],
      ]);
      expect(await response.json()).toEqual({ data: { version: expect.any(String) } });
    }
  });
});

describe('GraphQL over HTTP', () => {
  it('does not start a subscription', async () => {
    const { errors } = await overHttp('subscription { requestStatus(id: "x") { request { id } } }');
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('keeps no operations for clients', async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } };
    const body = JSON.stringify({ query: '{ version }', extensions });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${service.url}/graphql`, { method: 'POST', body, headers });
    expect(((await response.json()) as Answer).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('answers a body that is no JSON, and one that is too large, in the form that its clients read', async () => {
    for (const [body, status, code] of [
      ['{', 400, 'BAD_USER_INPUT'],
      [`"${'x'.repeat(1_100_000)}"`, 413, 'FILE_TOO_LARGE'],
    ] as const) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${service.url}/graphql`, { method: 'POST', body, headers });
      expect(response.status).toBe(status);
      expect(((await response.json()) as Answer).errors?.[0]?.extensions.code).toBe(code);
    }
  });
});
