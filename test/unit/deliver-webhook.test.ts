import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { createAddressGuard } from '../../src/images/address-guard.js';
import type { RequestSnapshot } from '../../src/models/request.js';
import type { WebhookOutcome } from '../../src/models/webhook-transitions.js';
import { createDeliverDue, createDeliverWebhook } from '../../src/workers/deliver-webhook.js';
import { unread } from '../support/unread.js';
import { waitFor } from '../support/wait-for.js';

const OLD = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const NEW = `whsec_${Buffer.alloc(24, 2).toString('base64')}`;
const MINUTE_MS = 60_000;

let server: Server;
let got: { url: string; headers: Record<string, string>; body: string }[];

async function receiver(answer: RequestListener): Promise<string> {
  got = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      got.push({
        url: request.url ?? '',
        headers: request.headers as Record<string, string>,
        body: Buffer.concat(chunks).toString(),
      });
      answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(async () => {
  if (!server?.listening) return;
  (server as { closeAllConnections?: () => void }).closeAllConnections?.();
  await new Promise((closed) => server.close(closed));
});

interface TryOptions extends Partial<Parameters<typeof createAddressGuard>[0]> {
  attempts?: number;
  secrets?: string[];
  fetchTimeoutMs?: number;
}

/** One try of the webhook of a request that has ended; answers what was recorded of it. */
async function tried(
  url: string,
  { attempts = 1, secrets = [NEW], allow = ['127.0.0.1'], fetchTimeoutMs = 5_000, ...options }: TryOptions = {},
) {
  const webhook = { url, status: 'PENDING', messageId: 'msg_1', attempts };
  const request = { _id: 'r', status: 'COMPLETED', finishedAt: new Date(0), webhook } as RequestSnapshot;
  let recorded: WebhookOutcome | null = null;
  const guard = createAddressGuard({ allow, ...options });
  const database = {
    webhooks: {
      claimWebhook: async () => request,
      recordWebhook: async (_: RequestSnapshot, outcome: WebhookOutcome) => {
        recorded = outcome;
        return request;
      },
    },
  };
  const deliver = createDeliverWebhook({
    database: database as never,
    progress: { report() {} } as never,
    ...unread,
    limits: { fetchTimeoutMs },
    guard,
    secrets,
    userAgent: 'Pixelpress/1',
    present: ({ _id }) => ({ requestId: _id }),
  });
  expect(await deliver(new AbortController().signal)).toBe(true);
  await guard.close();
  if (!recorded) throw new Error('nothing was recorded');
  return recorded as WebhookOutcome;
}

describe('a webhook', () => {
  it('is signed by the Standard Webhooks, with the old secret and the new one while both are set', async () => {
    const url = await receiver((_, response) => response.end());
    expect(await tried(`${url}/hook`, { secrets: [NEW, OLD] })).toEqual({
      status: 'DELIVERED',
      lastError: null,
      nextAttemptAt: null,
    });
    const [{ headers, body } = { headers: {}, body: '' }] = got;
    for (const secret of [OLD, NEW]) expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
    expect(() => new Webhook(Buffer.alloc(24, 3).toString('base64')).verify(body, headers)).toThrow();
    expect(headers).toMatchObject({
      'webhook-id': 'msg_1',
      'content-type': 'application/json',
      'user-agent': 'Pixelpress/1',
    });
    expect(JSON.parse(body)).toEqual({
      type: 'request.completed',
      timestamp: '1970-01-01T00:00:00.000Z',
      data: { requestId: 'r' },
    });
    expect(got).toHaveLength(1);
  });

  it('is unsigned while no secret is set', async () => {
    const url = await receiver((_, response) => response.end());
    await tried(url, { secrets: [] });
    expect(got[0]?.headers['webhook-signature']).toBeUndefined();
  });

  it('is tried again after growing pauses, and fails after the tenth try of about a day', async () => {
    const url = await receiver((_, response) => response.writeHead(503).end());
    let last = 0;
    let total = 0;
    for (let attempts = 1; attempts < 10; attempts++) {
      const { status, lastError, nextAttemptAt } = await tried(url, { attempts });
      expect([status, lastError]).toEqual(['PENDING', 'The server answered 503.']);
      const pause = (nextAttemptAt?.getTime() ?? 0) - Date.now();
      // Up to a fifth of jitter, and less than that between two pauses.
      expect(pause).toBeGreaterThan(last * 1.02);
      last = pause;
      total += pause;
    }
    expect(total / MINUTE_MS / 60).toBeGreaterThan(18);
    expect(total / MINUTE_MS / 60).toBeLessThan(36);
    expect(await tried(url, { attempts: 10 })).toEqual({
      status: 'FAILED',
      lastError: 'The server answered 503.',
      nextAttemptAt: null,
    });
  });

  it('is given up at its deadline though the look-up of its name never ends', async () => {
    const lookup = () => new Promise<never>(() => undefined);
    const { status, lastError } = await tried('http://shop.example/hook', { lookup, fetchTimeoutMs: 200 });
    expect([status, lastError]).toEqual(['PENDING', 'The server did not answer in time.']);
  });

  it('waits as long as the receiver asks for with Retry-After, and ten minutes at most', async () => {
    const url = await receiver(({ url }, response) =>
      response.writeHead(429, { 'retry-after': url === '/long' ? '86400' : '90' }).end(),
    );
    const pauseOf = async (path: string, attempts: number) => {
      const { status, nextAttemptAt } = await tried(`${url}${path}`, { attempts });
      expect(status).toBe('PENDING');
      return ((nextAttemptAt?.getTime() ?? 0) - Date.now()) / 1_000;
    };
    const [asked, own, most] = [await pauseOf('/', 1), await pauseOf('/', 4), await pauseOf('/long', 1)];
    expect([asked >= 89, asked <= 108]).toEqual([true, true]);
    // What is asked for shortens no pause.
    expect(own).toBeGreaterThan(590);
    expect([most >= 590, most <= 720]).toEqual([true, true]);
  });

  it('that hangs holds up no other one, and only so many are told at once', async () => {
    const due = Array.from({ length: 20 }, (_, index) => index);
    const told: number[] = [];
    let running = 0;
    let most = 0;
    let release: () => void = () => undefined;
    const hanging = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { deliverDue, deliverNext } = createDeliverDue(async () => {
      const index = due.shift();
      if (index === undefined) return false;
      most = Math.max(most, ++running);
      if (index === 0) await hanging;
      else await new Promise(setImmediate);
      running--;
      told.push(index);
      return true;
    });
    const { signal } = new AbortController();
    const all = Promise.all([deliverDue(signal), deliverNext(signal), deliverDue(signal)]);
    await waitFor('all but the one that hangs', () => told.length === 19);
    release();
    await all;
    expect(told.at(-1)).toBe(0);
    expect(most).toBe(8);
  });

  it('is ended by 410', async () => {
    const url = await receiver((_, response) => response.writeHead(410).end());
    expect(await tried(url)).toMatchObject({ status: 'FAILED', nextAttemptAt: null });
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirect: %i', async (status) => {
    const url = await receiver((request, response) =>
      request.url === '/' ? response.writeHead(status, { location: '/next' }).end() : response.end(),
    );
    expect(await tried(`${url}/`)).toMatchObject({ status: 'PENDING', lastError: `The server answered ${status}.` });
    expect(got.map((each) => each.url)).toEqual(['/']);
  });

  it('reads no more than 64 KiB of an answer, which decides nothing', async () => {
    let sent = 0;
    const url = await receiver((_, response) => {
      response.writeHead(200);
      const more = (error?: Error | null) => {
        if (error || response.destroyed) return;
        sent += 65_536;
        if (sent < 500 * 1_048_576) response.write(Buffer.alloc(65_536), more);
        else response.end();
      };
      more();
    });
    expect(await tried(url)).toMatchObject({ status: 'DELIVERED' });
    // What the buffers of the network hold, and not the half gigabyte.
    expect(sent).toBeLessThan(32 * 1_048_576);
  });

  it('leaves a receiver that does not answer, or drips, at the time limit', async () => {
    const silent = await receiver(() => undefined);
    expect(await tried(silent, { fetchTimeoutMs: 200 })).toMatchObject({
      status: 'PENDING',
      lastError: 'The server did not answer in time.',
    });
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    const dripping = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      const timer = setInterval(() => socket.write('H'.slice(0, 1)), 20);
      socket.on('close', () => clearInterval(timer));
    });
    dripping.listen(0, '127.0.0.1');
    await once(dripping, 'listening');
    const { port } = dripping.address() as AddressInfo;
    expect(await tried(`http://127.0.0.1:${port}`, { fetchTimeoutMs: 200 })).toMatchObject({ status: 'PENDING' });
    await new Promise((closed) => dripping.close(closed));
  });

  it.each([
    'http://127.0.0.1:1/',
    'http://169.254.169.254/',
    'http://[::1]/',
    'http://2130706433/',
    'http://localhost/',
    'http://8.8.8.8:22/',
  ])('is not told to %s, and says why', async (url) => {
    const { status, lastError } = await tried(url, { allow: [] });
    expect(status).toBe('FAILED');
    expect(lastError).toMatch(/not public|not allowed/);
  });

  it('sends the userinfo of its URL as Basic', async () => {
    const url = await receiver((_, response) => response.end());
    expect(await tried(url.replace('://', '://ann:pw@'))).toMatchObject({ status: 'DELIVERED' });
    expect(got[0]?.headers['authorization']).toBe(`Basic ${btoa('ann:pw')}`);
  });
});
