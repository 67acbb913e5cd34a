import { Router } from 'express';
import { createHttpServer } from '../../src/http/server.js';
import { unread } from '../support/unread.js';

describe('the HTTP server', () => {
  it('leaves requests and answers with the prototypes that Node made them with: V8 forgets what it knows of others', async () => {
    const http = createHttpServer({ host: '127.0.0.1', port: 0, uploadTimeoutMs: 10_000 }, unread);
    const prototypes: object[] = [];
    http.server.prependListener('request', (...both) => {
      prototypes.push(...both.map((each) => Object.getPrototypeOf(each)));
    });
    const router = Router();
    router.get('/', (request, response) => {
      prototypes.push(...[request, response].map((each) => Object.getPrototypeOf(each)));
      response.json({ query: request.query });
    });
    http.serve([router]);
    const port = await http.listen();
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/?a=b`);
      expect(await answer.json()).toEqual({ query: { a: 'b' } });
      expect(prototypes[2]).toBe(prototypes[0]);
      expect(prototypes[3]).toBe(prototypes[1]);
    } finally {
      await http.close();
    }
  });
});
