import { get } from 'node:http';
import { connect } from 'node:net';
import FormData from 'form-data';
import WebSocket from 'ws';
import { openedGraphQLSocket } from '../support/graphql-socket.js';
import { startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const closing: Service[] = [];
async function started(env: Record<string, string>): Promise<Service> {
  const service = await startService(env);
  closing.push(service);
  return service;
}
afterEach(async () => {
  for (const service of closing.splice(0)) expect(await service.stop()).toBe(0);
});

const query = JSON.stringify({ query: '{ version }' });
const JSON_BODY = { 'content-type': 'application/json' };

/** Node's fetch sets the Host header by itself. */
function statusOf(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).on('error', reject);
  });
}

/** What a browser's handshake from a page of this origin is answered with. */
function handshake(url: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
    socket.on('open', () => {
      socket.close();
      resolve('open');
    });
    socket.on('error', (error) => resolve(error.message));
  });
}

describe('too much at once', () => {
  it('is answered with RATE_LIMITED and Retry-After, by address and by key, over every interface', async () => {
    const { url } = await started({
      API_KEYS: 'ann:secret-a,bob:secret-b',
      RATE_LIMIT_QUERIES_PER_MINUTE: '4',
      RATE_LIMIT_UPLOADS_PER_MINUTE: '1',
      TRUST_PROXY: '1',
    });
    const ask = (address: string, key: string) =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        body: query,
        headers: { ...JSON_BODY, 'x-api-key': key, 'x-forwarded-for': `9.9.9.9, ${address}` },
      });
    for (let time = 0; time < 4; time++) expect((await ask(`10.0.0.${time}`, 'secret-a')).status).toBe(200);
    const limited = await ask('10.0.0.9', 'secret-a');
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await limited.json()).toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) } }],
    });
    // Another key at another address has its own; one address that changes keys has not.
    for (let time = 0; time < 4; time++) expect((await ask('10.1.0.1', 'nobody')).status).toBe(200);
    expect((await ask('10.1.0.1', 'secret-b')).status).toBe(429);
    expect((await ask('10.1.0.2', 'secret-b')).status).toBe(200);
    const rest = await fetch(`${url}/api/status/x`, { headers: { 'x-api-key': 'secret-a' } });
    expect([rest.status, await rest.json()]).toMatchObject([429, { error: { code: 'RATE_LIMITED' } }]);
    const client = await openedGraphQLSocket(url, { 'x-api-key': 'secret-a' });
    client.send({ id: '1', type: 'subscribe', payload: { query: '{ version }' } });
    expect((await client.receive('error')).payload).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    client.socket.close();
  });

  it('counts uploads apart from queries, and believes nobody who says where he comes from', async () => {
    const { url } = await started({ RATE_LIMIT_UPLOADS_PER_MINUTE: '2' });
    const upload = (path: string, address: number) => {
      const form = new FormData();
      form.append('file', 'x', { filename: 'a.csv' });
      const headers = {
        ...form.getHeaders(),
        'apollo-require-preflight': 'true',
        'x-forwarded-for': `8.8.8.${address}`,
      };
      return fetch(`${url}${path}`, { method: 'POST', body: new Uint8Array(form.getBuffer()), headers });
    };
    expect((await upload('/api/upload', 1)).status).toBe(422);
    expect((await upload('/graphql', 2)).status).toBe(400);
    expect((await upload('/api/upload', 3)).status).toBe(429);
    expect((await fetch(`${url}/api/status/x`)).status).toBe(404);
  });
});

describe('streams of events', () => {
  it('are as many at once as a client may have, and one more when one has ended', async () => {
    const origin = await startOrigin();
    // More than Node lets listen to one signal before it warns.
    const most = 12;
    const { url, log } = await started({ MAX_SOCKETS_PER_CLIENT: String(most) });
    let release = () => undefined as unknown;
    origin.answers.set('/held.jpg', (_, response) => {
      release = () => response.writeHead(404).end();
    });
    const form = new FormData();
    form.append('file', `No,Name,Images\n1,A,${origin.url}/held.jpg\n`, { filename: 'a.csv' });
    const init = { method: 'POST', body: new Uint8Array(form.getBuffer()), headers: form.getHeaders() };
    const { requestId } = (await (await fetch(`${url}/api/upload`, init)).json()) as { requestId: string };
    const events = () => fetch(`${url}/api/status/${requestId}/events`);
    const streams = await Promise.all(Array.from({ length: most }, events));
    expect(streams.map(({ status }) => status)).toEqual(streams.map(() => 200));
    expect((await events()).status).toBe(429);
    expect(log.join()).not.toContain('MaxListeners');
    await waitFor('the image to be asked for', () => origin.hits.get('/held.jpg'));
    release();
    for (const stream of streams) expect(await stream.text()).toContain('failed');
    await waitFor('the place to be free', async () => (await events()).status === 200);
    await origin.close();
  });
});

describe('a stored SVG', () => {
  it('is shown within an <img>, and saved where it is opened: nothing in it runs', async () => {
    const origin = await startOrigin();
    const { url } = await started({});
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>';
    origin.answers.set('/a.png', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(svg));
    const form = new FormData();
    form.append('file', `No,Name,Images\n1,A,${origin.url}/a.png\n`, { filename: 'a.csv' });
    const init = { method: 'POST', body: new Uint8Array(form.getBuffer()), headers: form.getHeaders() };
    const { requestId } = (await (await fetch(`${url}/api/upload`, init)).json()) as { requestId: string };
    await (await fetch(`${url}/api/status/${requestId}/events`)).text();
    const status = await (await fetch(`${url}/api/status/${requestId}?products=true`)).json();
    const [[image]] = (status as { products: { outputImageUrls: string[] }[] }).products.map(
      (each) => each.outputImageUrls,
    ) as [[string]];
    const { headers } = await fetch(image);
    // The type is what was found in the bytes, whatever the server called them.
    expect(headers.get('content-type')).toBe('image/svg+xml');
    expect(headers.get('content-disposition')).toBe('attachment');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    await origin.close();
  });
});

describe('a page of another site', () => {
  it('may not use the service, unless it is named: no CORS, no form, no WebSocket', async () => {
    const { url } = await started({ CORS_ORIGINS: 'https://shop.example' });
    const post = (origin: string) =>
      fetch(`${url}/graphql`, { method: 'POST', body: query, headers: { ...JSON_BODY, origin } });
    const preflight = (origin: string) =>
      fetch(`${url}/graphql`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key' },
      });

    const named = await post('https://shop.example');
    expect([named.status, named.headers.get('access-control-allow-origin'), named.headers.get('vary')]).toEqual([
      200,
      'https://shop.example',
      expect.stringContaining('Origin'),
    ]);
    const allowed = await preflight('https://shop.example');
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, 'https://shop.example']);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('X-Api-Key');
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();

    for (const origin of ['https://evil.example', 'https://shop.example.evil.example', 'http://shop.example', 'null']) {
      const refused = await post(origin);
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, null]);
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
      expect(await handshake(url, { origin })).toContain('403');
    }
    expect((await post(url)).status).toBe(200);
    expect(await handshake(url, { origin: url })).toBe('open');
    expect(await handshake(url, { origin: 'https://shop.example' })).toBe('open');
    expect(await handshake(url, {})).toBe('open');
  });

  it('gets no CORS at all where nothing is set, and cannot send a form', async () => {
    const { url } = await started({});
    const headers = { origin: 'https://evil.example' };
    expect((await fetch(`${url}/healthz`, { headers })).headers.get('access-control-allow-origin')).toBeNull();
    const form = new FormData();
    form.append('file', 'No,Name,Images\n1,A,http://x.example/a\n', { filename: 'a.csv' });
    const init = {
      method: 'POST',
      body: new Uint8Array(form.getBuffer()),
      headers: { ...form.getHeaders(), ...headers },
    };
    expect((await fetch(`${url}/api/upload`, init)).status).toBe(403);
  });

  it('that lets its own name point to this machine is not answered while the service is open to all on it', async () => {
    const { url } = await started({ PUBLIC_URL: 'https://images.example' });
    const { port } = new URL(url);
    expect(await statusOf(`${url}/graphql?query={version}`, { host: `evil.example:${port}` })).toBe(403);
    expect(await handshake(url, { host: `evil.example:${port}`, origin: `http://evil.example:${port}` })).toContain(
      '403',
    );
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, 'images.example']) {
      expect(await statusOf(`${url}/api/status/x`, { host })).toBe(404);
    }
  });
});

describe('every answer', () => {
  it('tells browsers not to guess types, not to frame it, and not to tell others where a click came from', async () => {
    const { url } = await started({});
    for (const path of ['/', '/graphql', '/healthz', '/api/status/x', '/objects/x', '/nowhere']) {
      const { headers } = await fetch(`${url}${path}`, { headers: { accept: 'text/html' } });
      expect([path, headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual([
        path,
        'nosniff',
        'no-referrer',
      ]);
      expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'|sandbox/);
      // The playground is one page with its scripts written into it, and has a policy of its own.
      const policy = headers.get('content-security-policy') ?? '';
      // GraphiQL's editor writes its styles itself; no script of anybody's runs but the page's own.
      expect(policy).not.toMatch(path === '/graphql' ? /script-src[^;]*'unsafe-inline'/ : /unsafe-inline/);
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });
});

describe('a client that breaks off', () => {
  it('in a file that is not wanted does not end the service', async () => {
    const service = await started({});
    const { port, hostname } = new URL(service.url);
    const part = (name: string) =>
      `--b\r\ncontent-disposition: form-data; name="${name}"; filename="a.csv"\r\n\r\n${'x'.repeat(5_000)}`;
    for (const body of [part('other'), part('file'), `${part('file')}\r\n${part('csv')}`]) {
      const head =
        'POST /api/upload HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 900000\r\n\r\n';
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => socket.write(head + body, () => socket.destroy()));
        socket.on('close', () => resolve());
      });
    }
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    expect(service.process.exitCode).toBeNull();
  });
});
