import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import FormData from 'form-data';
import { openGraphQLSocket } from '../support/graphql-socket.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

/** Each is planted where an operator or a client puts a secret, and nowhere else. */
const PLANTED = {
  apiKey: 'planted-key-of-ann-4fb1',
  wrongKey: 'planted-wrong-key-88e2',
  webhookSecret: Buffer.from('planted-webhook-secret-01').toString('base64'),
  imagePassword: 'planted-image-pw-51ac',
  webhookPassword: 'planted-hook-pw-c0de',
  queryToken: 'planted-token-in-a-url-7d3f',
  idempotencyKey: 'planted-idempotency-9a9a',
  databasePassword: 'planted-database-pw-1b2c',
  metricsToken: 'planted-metrics-token-6e6e',
  tracesKey: 'planted-traces-key-0d0d',
};

/** As it stands, in base64 as in Basic, and as a URL has it. */
const forms = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(`ann:${secret}`).toString('base64').replace(/=+$/, ''),
];

function expectNone(text: string, where: string): void {
  for (const [name, secret] of Object.entries(PLANTED)) {
    for (const form of forms(secret)) {
      if (text.includes(form))
        throw new Error(
          `${name} stands in ${where}: ${text.slice(Math.max(0, text.indexOf(form) - 200), text.indexOf(form) + 50)}`,
        );
    }
  }
}

describe('no secret', () => {
  let origin: Origin;
  beforeAll(async () => {
    origin = await startOrigin();
  });
  afterAll(() => origin.close());

  it('stands in what a whole run logs at its most talkative, in an error, or in /metrics', async () => {
    const service = await startService({
      API_KEYS: `ann:${PLANTED.apiKey}`,
      WEBHOOK_SECRET: PLANTED.webhookSecret,
      LOG_LEVEL: 'trace',
      METRICS_TOKEN: PLANTED.metricsToken,
      // Nobody takes them, so that this is logged.
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://ann:${PLANTED.tracesKey}@127.0.0.1:1`,
      OTEL_EXPORTER_OTLP_HEADERS: `api-key=${PLANTED.tracesKey}`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    });
    const errors: string[] = [];
    const url = (path: string) => `${service.url}${path}`;
    const headers = { authorization: `Bearer ${PLANTED.apiKey}` };
    const withUser = origin.url.replace('://', `://ann:${PLANTED.imagePassword}@`);
    origin.answers.set('/gone.jpg', (_, response) => response.destroy());
    origin.answers.set(`/moved.jpg?token=${PLANTED.queryToken}`, (_, response) =>
      response.writeHead(302, { location: `http://ann:${PLANTED.imagePassword}@10.0.0.1/` }).end(),
    );
    const csv = `No,Name,Images\n1,A,${withUser}/a.jpg\n2,B,${withUser}/gone.jpg\n3,C,${origin.url}/moved.jpg?token=${PLANTED.queryToken}\n`;
    const form = new FormData();
    form.append('webhookUrl', `http://ann:${PLANTED.webhookPassword}@127.0.0.1:1/?token=${PLANTED.queryToken}`);
    form.append('file', csv, { filename: 'a.csv' });
    const body = new Uint8Array(form.getBuffer());
    const sent = { ...form.getHeaders(), ...headers, 'idempotency-key': PLANTED.idempotencyKey };
    const upload = await fetch(url('/api/upload'), { method: 'POST', body, headers: sent });
    const { requestId } = (await upload.json()) as { requestId: string };

    // What goes wrong, with a secret in hand, over every interface.
    const wrong = { authorization: `Bearer ${PLANTED.wrongKey}` };
    const asks: [string, RequestInit][] = [
      ['/api/status/x', { headers: wrong }],
      [`/api/status/${PLANTED.wrongKey}`, { headers: { 'x-api-key': PLANTED.wrongKey } }],
      [
        '/api/upload',
        { method: 'POST', headers: { ...headers, 'content-type': 'multipart/form-data' }, body: PLANTED.wrongKey },
      ],
      ['/graphql', { method: 'POST', headers: { ...wrong, 'content-type': 'application/json' }, body: '{' }],
      [
        '/graphql',
        {
          method: 'POST',
          headers: { ...wrong, 'content-type': 'application/json' },
          body: '{"query":"{ requests { totalCount } }"}',
        },
      ],
      ['/objects/requests/x', { headers: wrong }],
    ];
    for (const [path, init] of asks) errors.push(await (await fetch(url(path), init)).text());
    const socket = await openGraphQLSocket(service.url, { headers: wrong });
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${PLANTED.wrongKey}` } });
    errors.push((await socket.closed()).reason);

    const end = async () =>
      ((await (await fetch(url(`/api/status/${requestId}`), { headers })).json()) as { status: string }).status;
    await waitFor('the end', async () => (await end()) === 'completed', 30_000);
    await waitFor('the webhook to be tried', () => service.log.some((line) => line.includes('webhook told')));
    await waitFor('the traces not to be sent', () => service.log.some((line) => line.includes('traces not sent')));
    const metrics = await (
      await fetch(url('/metrics'), { headers: { authorization: `Bearer ${PLANTED.metricsToken}` } })
    ).text();
    const ready = await (await fetch(url('/readyz'))).text();
    expect(metrics).toContain('pixelpress_images_total');
    await service.stop();

    expect(service.log.length).toBeGreaterThan(3);
    expectNone(service.log.join('\n'), 'the log');
    expectNone(errors.join('\n'), 'an error');
    expectNone(`${metrics}${ready}`, 'metrics or health');
  });

  it.each<[string, Record<string, string>]>([
    ['keys that cannot be', { API_KEYS: `ann ${PLANTED.apiKey}` }],
    ['keys that are named twice', { API_KEYS: `ann:${PLANTED.apiKey},ann:${PLANTED.wrongKey}` }],
    ['a webhook secret that cannot be', { WEBHOOK_SECRET: `${PLANTED.webhookPassword}!` }],
    ['a database that is no URI', { MONGODB_URI: PLANTED.databasePassword }],
    ['a database whose URI cannot be read', { MONGODB_URI: `mongodb://ann:${PLANTED.databasePassword}@127.0.0.1:x/` }],
    ['a database that is not there', { MONGODB_URI: `mongodb://ann:${PLANTED.databasePassword}@127.0.0.1:1/` }],
  ])('stands in what a start says that fails for %s', async (_, env) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'pixelpress-secrets-'));
    const child = spawn(process.execPath, ['dist/main.js'], {
      env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'trace', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    child.stdout.on('data', (text) => said.push(String(text)));
    child.stderr.on('data', (text) => said.push(String(text)));
    const [code] = await once(child, 'exit');
    rmSync(dataDir, { recursive: true, force: true });
    expect(code).toBe(1);
    expect(said.join('')).not.toBe('');
    expectNone(said.join(''), 'what it says');
  });
});
