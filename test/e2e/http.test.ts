import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import FormData from 'form-data';
import { serverAudits } from 'graphql-http';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

let origin: Origin;
let service: Service;

beforeAll(async () => {
  origin = await startOrigin();
  service = await startService({ MAX_FILE_BYTES: '100000' });
});
afterAll(async () => {
  await service.stop();
  await origin.close();
});

function post(path: string, fields: Record<string, string>, file: [string, string | Buffer] | null, headers = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  if (file) form.append(file[0], file[1], { filename: 'shop list.csv' });
  const body = new Uint8Array(form.getBuffer());
  return fetch(`${service.url}${path}`, { method: 'POST', body, headers: { ...form.getHeaders(), ...headers } });
}

const errorOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error;

describe('GraphQL over HTTP', () => {
  for (const audit of serverAudits({ url: () => `${service.url}/graphql`, fetchFn: fetch })) {
    // SHOULD and MAY are told by the audit as a notice or a warning; a MUST that fails is an error.
    it(`${audit.id}: ${audit.name}`, async () => {
      const result = await audit.fn();
      expect(result.status === 'error' ? result.reason : null).toBeNull();
    });
  }

  it('refuses a form that another site could send', async () => {
    const response = await post('/graphql', { operations: '{"query":"{version}"}', map: '{}' }, null);
    expect(response.status).toBe(400);
    const help = expect.stringContaining('apollo-require-preflight');
    expect(await response.json()).toMatchObject({
      errors: [{ message: help, extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  it('names what it takes to who asks for that', async () => {
    const response = await fetch(`${service.url}/graphql`, { method: 'OPTIONS' });
    expect([response.status, response.headers.get('allow')]).toEqual([204, 'GET, HEAD, POST']);
  });

  it('lets nobody keep an answer', async () => {
    const response = await fetch(`${service.url}/graphql?query={version}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect(await response.json()).toMatchObject({ data: {} });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('answers no batches', async () => {
    const body = JSON.stringify([{ query: '{version}' }, { query: '{version}' }]);
    const response = await fetch(`${service.url}/graphql`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(400);
  });

  it('gives a browser GraphiQL that asks no other host', async () => {
    const page = await (await fetch(`${service.url}/graphql`, { headers: { accept: 'text/html' } })).text();
    expect(page).toContain('renderYogaGraphiQL');
    expect(page).not.toMatch(/<(?:script|link)[^>]+(?:src|href)="https?:/);
  });
});

describe('REST', () => {
  const csv = () => `No,Name,Images\n1,Lamp,"${origin.url}/a.jpg, ${origin.url}/b.jpg"\n`;

  it.each(['/api/upload', '/api/upload-csv'])(
    '%s takes a file in each of the fields that clients use',
    async (path) => {
      for (const field of ['file', 'csvFile', 'csv']) {
        const response = await post(path, { format: 'webp', invalidRows: 'SKIP_ROW' }, [field, csv()]);
        expect(response.status).toBe(202);
        const body = (await response.json()) as { requestId: string; statusUrl: string };
        expect(body).toEqual({
          requestId: expect.any(String),
          status: 'pending',
          statusUrl: `${service.url}/api/status/${body.requestId}`,
        });
        expect(response.headers.get('location')).toBe(`/api/status/${body.requestId}`);
      }
    },
  );

  it('refuses a form with more fields than it reads, where an option would be lost, before its file and behind', async () => {
    const filler = Array.from({ length: 20 }, (_, n): [string, string] => [`f${n}`, 'x']);
    for (const fileFirst of [false, true]) {
      const form = new FormData();
      if (fileFirst) form.append('file', csv(), { filename: 'a.csv' });
      for (const [name, value] of [...filler, ['quality', '50'] as const]) form.append(name, value);
      if (!fileFirst) form.append('file', csv(), { filename: 'a.csv' });
      const body = new Uint8Array(form.getBuffer());
      const init = { method: 'POST', body, headers: form.getHeaders() };
      const response = await fetch(`${service.url}/api/upload`, init);
      expect(response.status).toBe(400);
      expect(await errorOf(response)).toMatchObject({ message: 'The form has more than 20 fields.' });
    }
  });

  it('reads the file of a form away that a field has refused: its connection serves the next request', async () => {
    const form = new FormData();
    form.append('webhookUrl', 'x'.repeat(5_000));
    form.append('file', csv().repeat(100_000), { filename: 'a.csv' });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const socket = await new Promise<Socket | null>((resolve, reject) => {
        const options = { method: 'POST', headers: form.getHeaders(), agent };
        const call = request(`${service.url}/api/upload`, options, (response) => {
          expect(response.statusCode).toBe(400);
          response.resume();
        });
        call.on('error', reject);
        call.on('close', () => resolve(call.socket));
        call.end(form.getBuffer());
      });
      const next = request(`${service.url}/healthz`, { agent }).end();
      const [response] = (await once(next, 'response')) as [IncomingMessage];
      response.resume();
      expect([response.statusCode, next.socket === socket]).toEqual([200, true]);
    } finally {
      agent.destroy();
    }
  });

  it('tells the status, the products and both files', async () => {
    const upload = await post('/api/upload', {}, ['file', csv()]);
    const { requestId, statusUrl } = (await upload.json()) as { requestId: string; statusUrl: string };
    const early = await fetch(`${service.url}/api/requests/${requestId}/output.csv`);
    expect([200, 409]).toContain(early.status);
    const status = await waitFor('the end', async () => {
      const body = (await (await fetch(`${statusUrl}?products=true`)).json()) as {
        status: string;
        outputCsvUrl: string;
      };
      return body.status === 'completed' ? body : null;
    });
    expect(status).toMatchObject({
      requestId,
      progress: 1,
      counts: { rows: 1, imageUrls: 2, total: 2, completed: 2, failed: 0, cancelled: 0 },
      error: null,
      products: [
        {
          serialNumber: '1',
          productName: 'Lamp',
          inputImageUrls: [`${origin.url}/a.jpg`, `${origin.url}/b.jpg`],
          outputImageUrls: [expect.stringContaining('/objects/'), expect.stringContaining('/objects/')],
        },
      ],
      nextAfter: null,
    });
    const listed = (query: string) => fetch(`${statusUrl}?products=true&${query}`);
    expect((await listed('first=1&after=')).status).toBe(200);
    for (const query of ['first=1&first=2', 'after=x', 'first=0']) expect((await listed(query)).status).toBe(400);
    const input = await fetch(`${service.url}/api/requests/${requestId}/input.csv`);
    expect(await input.text()).toBe(csv());
    expect(input.headers.get('content-disposition')).toContain('shop list.csv');
    const output = await (await fetch(status.outputCsvUrl)).text();
    expect(output.split('\n')[0]).toBe('No,Name,Images,Output Image Urls');
  });

  it('streams events that end with the terminal state, and spares what Last-Event-ID has seen', async () => {
    const { requestId } = (await (await post('/api/upload', {}, ['file', csv()])).json()) as { requestId: string };
    const url = `${service.url}/api/status/${requestId}/events`;
    const text = await (await fetch(url)).text();
    const ids = [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
    const last = JSON.parse([...text.matchAll(/^data: (.*)$/gm)].at(-1)?.[1] ?? '');
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(last).toMatchObject({ requestId, status: 'completed' });
    expect(await (await fetch(url, { headers: { 'last-event-id': String(ids.at(-1)) } })).text()).toBe('');
  });

  it('answers a HEAD of events at once, while the request goes on', async () => {
    let release: () => void = () => undefined;
    origin.answers.set('/slow.jpg', (_, response) => {
      release = () => response.writeHead(404).end();
    });
    const text = `No,Name,Images\n1,Lamp,${origin.url}/slow.jpg\n`;
    const { requestId } = (await (await post('/api/upload', {}, ['file', text])).json()) as { requestId: string };
    const url = `${service.url}/api/status/${requestId}/events`;
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(2_000) });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await waitFor('the picture to be asked for', () => origin.hits.get('/slow.jpg'));
    release();
  });

  it('serves stored images with ranges, ETag and their type', async () => {
    const { requestId } = (await (await post('/api/upload', {}, ['file', csv()])).json()) as { requestId: string };
    await (await fetch(`${service.url}/api/status/${requestId}/events`)).text();
    const status = (await (await fetch(`${service.url}/api/status/${requestId}?products=true`)).json()) as {
      products: { outputImageUrls: string[] }[];
    };
    const url = status.products[0]?.outputImageUrls[0] ?? '';
    const whole = await fetch(url);
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect(whole.headers.get('content-type')).toBe('image/jpeg');
    expect(whole.headers.get('x-content-type-options')).toBe('nosniff');
    const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${bytes.length}`]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(10, 20));
    const fresh = await fetch(url, {
      headers: { 'if-none-match': whole.headers.get('etag') ?? '', 'cache-control': 'max-age=0' },
    });
    expect(fresh.status).toBe(304);
    for (const path of [
      '/objects/../../package.json',
      '/objects/%2e%2e/%2e%2e/etc/passwd',
      `/objects/requests/${requestId}/input.csv`,
    ]) {
      expect((await fetch(`${service.url}${path}`)).status).toBe(404);
    }
  });

  it('answers every mistake with its code and status', async () => {
    const cases: [() => Promise<Response>, number, string][] = [
      [() => post('/api/upload', {}, null), 400, 'BAD_USER_INPUT'],
      [() => post('/api/upload', {}, ['picture', csv()]), 400, 'BAD_USER_INPUT'],
      [() => post('/api/upload', { quality: '101' }, ['file', csv()]), 400, 'BAD_USER_INPUT'],
      [() => post('/api/upload', { quality: 'high' }, ['file', csv()]), 400, 'BAD_USER_INPUT'],
      [() => post('/api/upload', { webhookUrl: 'file:///etc' }, ['file', csv()]), 400, 'BAD_USER_INPUT'],
      [() => post('/api/upload', {}, ['file', 'a,b\n1,2\n']), 422, 'INVALID_CSV'],
      [() => post('/api/upload', {}, ['file', Buffer.alloc(100_001, 'x')]), 413, 'FILE_TOO_LARGE'],
      [() => fetch(`${service.url}/api/upload`, { method: 'POST', body: 'x' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
      [() => fetch(`${service.url}/api/status/00000000-0000-4000-8000-000000000000`), 404, 'NOT_FOUND'],
      [() => fetch(`${service.url}/api/status/x/events`), 404, 'NOT_FOUND'],
      [() => fetch(`${service.url}/nowhere`), 404, 'NOT_FOUND'],
    ];
    for (const [answer, status, code] of cases) {
      const response = await answer();
      expect([response.status, (await errorOf(response)).code]).toEqual([status, code]);
    }
    const twice = { headers: { 'idempotency-key': 'rest-1' } };
    expect((await post('/api/upload', {}, ['file', csv()], twice.headers)).status).toBe(202);
    const reused = await post('/api/upload', {}, ['file', `${csv()}2,B,${origin.url}/c.jpg\n`], twice.headers);
    expect([reused.status, (await errorOf(reused)).code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    const large = await post('/api/upload', {}, ['file', Buffer.alloc(100_001, 'x')], twice.headers);
    expect([large.status, (await errorOf(large)).code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('takes a form whose type is written in capitals, as GraphQL does', async () => {
    const send = (path: string, fields: Record<string, string>, name: string) => {
      const form = new FormData();
      for (const [field, value] of Object.entries(fields)) form.append(field, value);
      form.append(name, csv(), { filename: 'a.csv' });
      const headers = {
        'content-type': `Multipart/Form-Data; boundary=${form.getBoundary()}`,
        'x-apollo-operation-name': 'x',
      };
      return fetch(`${service.url}${path}`, { method: 'POST', body: new Uint8Array(form.getBuffer()), headers });
    };
    expect((await send('/api/upload', {}, 'file')).status).toBe(202);
    const query = 'mutation($f: Upload!) { checkCsv(file: $f) { rows } }';
    const operations = JSON.stringify({ query, variables: { f: null } });
    const checked = await send('/graphql', { operations, map: '{"0":["variables.f"]}' }, '0');
    expect(await checked.json()).toEqual({ data: { checkCsv: { rows: 1 } } });
  });

  it('says again which rows were left out where an upload is sent again under its key', async () => {
    const send = () =>
      post('/api/upload', { invalidRows: 'SKIP_ROW' }, ['file', `${csv()}2,,x\n`], { 'idempotency-key': 'rest-2' });
    const first = (await (await send()).json()) as object;
    expect(first).toMatchObject({ skippedRows: [{ row: 2 }, { row: 2 }] });
    expect(await (await send()).json()).toMatchObject({ ...first, status: expect.any(String) });
  });

  it('is alive, ready and measured', async () => {
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${service.url}/readyz`)).json()).toEqual({
      status: 'ok',
      engines: { database: 'ok', messaging: 'ok', storage: 'ok' },
    });
    expect(await (await fetch(`${service.url}/metrics`)).text()).toContain('process_cpu_seconds_total');
  });
});

describe('API keys', () => {
  it('keep one owner from what is another’s', async () => {
    const closed = await startService({ API_KEYS: 'ann:secret-a,bob:secret-b' });
    try {
      const form = new FormData();
      form.append('file', `No,Name,Images\n1,Lamp,${origin.url}/a.jpg\n`, { filename: 'a.csv' });
      const send = (headers: Record<string, string>) =>
        fetch(`${closed.url}/api/upload`, {
          method: 'POST',
          body: new Uint8Array(form.getBuffer()),
          headers: { ...form.getHeaders(), ...headers },
        });
      expect((await send({})).status).toBe(401);
      const made = (await (await send({ authorization: 'Bearer secret-a' })).json()) as { statusUrl: string };
      expect((await fetch(made.statusUrl, { headers: { 'x-api-key': 'secret-a' } })).status).toBe(200);
      expect((await fetch(made.statusUrl, { headers: { 'x-api-key': 'secret-b' } })).status).toBe(404);
      expect((await fetch(made.statusUrl)).status).toBe(401);
    } finally {
      await closed.stop();
    }
  });
});
