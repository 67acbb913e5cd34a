import { once } from 'node:events';
import { type RequestOptions, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { json, Router } from 'express';
import { createHttpServer } from '../../src/http/server.js';
import { unread } from '../support/unread.js';

async function serve(router: Router) {
  const http = createHttpServer({ host: '127.0.0.1', port: 0, uploadTimeoutMs: 10_000 }, unread);
  http.serve([router]);
  return { ...http, port: await http.listen() };
}

async function post(options: RequestOptions, body: string) {
  const asked = request({ ...options, method: 'POST', host: '127.0.0.1' }).end(body);
  const [answer] = await once(asked, 'response');
  return { status: answer.statusCode, body: await text(answer) };
}

describe('the HTTP server', () => {
  it('leaves requests and answers with the prototypes that Node made them with: V8 forgets what it knows of others', async () => {
    const router = Router();
    const prototypes: object[] = [];
    router.get('/', (request, response) => {
      prototypes.push(...[request, response].map((each) => Object.getPrototypeOf(each)));
      response.json({ query: request.query });
    });
    const { server, port, close } = await serve(router);
    server.prependListener('request', (...both) => {
      prototypes.push(...both.map((each) => Object.getPrototypeOf(each)));
    });
    const answer = await fetch(`http://127.0.0.1:${port}/?a=b`);
    expect(await answer.json()).toEqual({ query: { a: 'b' } });
    expect(prototypes).toHaveLength(4);
    expect(prototypes[2]).toBe(prototypes[0]);
    expect(prototypes[3]).toBe(prototypes[1]);
    await close();
  });

  it('says of a path that is not served, or not by this method, no more than that', async () => {
    const router = Router();
    router.get('/', (_, response) => void response.end());
    const { port, close } = await serve(router);
    const body = '{"error":{"code":"NOT_FOUND","message":"There is nothing at this path, or not by this method."}}';
    expect(await post({ port, path: '/' }, '')).toEqual({ status: 404, body });
    await close();
  });

  it('answers who asks for another protocol than WebSocket as if it had not asked', async () => {
    const router = Router();
    router.post('/', json(), (request, response) => void response.json(request.body));
    const { server, port, close } = await serve(router);
    const upgraded: unknown[] = [];
    server.on('upgrade', ({ headers }, socket) => {
      upgraded.push(headers.upgrade);
      socket.end('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
    const headers = { 'content-type': 'application/json', connection: 'Upgrade, HTTP2-Settings', 'http2-settings': '' };
    const h2c = await post({ port, headers: { ...headers, upgrade: 'h2c' } }, '{"a":1}');
    expect(h2c).toEqual({ status: 200, body: '{"a":1}' });
    expect(upgraded).toEqual([]);
    expect((await post({ port, headers: { connection: 'Upgrade', upgrade: 'WebSocket' } }, '')).status).toBe(426);
    expect(upgraded).toEqual(['WebSocket']);
    await close();
  });
});
