import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RequestStatusDocument, UploadCsvDocument } from '../generated/graphql.js';
import { collect } from '../support/collect.js';
import { createGraphQLClient } from '../support/graphql-client.js';
import { readMetrics } from '../support/read-metrics.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

let origin: Origin;
let service: Service;

beforeAll(async () => {
  origin = await startOrigin();
  origin.answers.set('/gone.jpg', (_, response) => response.writeHead(404).end());
  service = await startService();
});
afterAll(async () => {
  await service.stop();
  await origin.close();
});

/** Uploads a request of three images, one of which is not there, and watches it to its end. */
async function runRequest(name: string, webhookUrl: string | null = null): Promise<string> {
  const client = createGraphQLClient(service.url);
  const rows = [`${name}-1`, `${name}-2`, 'gone'].map((file, row) => `${row},${name},${origin.url}/${file}.jpg`);
  const csv = ['No,Name,Images', ...rows].join('\n');
  const { data } = await client.upload(UploadCsvDocument, csv, { options: { webhookUrl } });
  const id = data?.uploadCsv.request?.id ?? '';
  await collect(client.subscribe(RequestStatusDocument, { id }));
  return id;
}

const ask = (query: string) =>
  fetch(`${service.url}/graphql`, {
    method: 'POST',
    body: JSON.stringify({ query }),
    headers: { 'content-type': 'application/json' },
  });

describe('/metrics', () => {
  it('tells what became of uploads, requests, images, webhooks, operations and answers', async () => {
    const receiver = createServer((_, response) => response.end());
    await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
    const id = await runRequest('lamp', `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`);
    await ask('{ version }');
    await ask('{ nothing }');
    await ask('query ($id: ID!) { request(id: $id) { id } }');
    await fetch(`${service.url}/api/status/${id}`);
    await fetch(`${service.url}/api/status/unknown`);
    await fetch(`${service.url}/api/upload`, { method: 'POST' });
    const told = 'pixelpress_webhook_tries_total{result="delivered"}';
    await waitFor('the webhook to be told', async () => (await readMetrics(service.url)).get(told) === 1);
    const metrics = await readMetrics(service.url);
    const values = (names: string[]) => Object.fromEntries(names.map((name) => [name, metrics.get(name)]));
    const expected = {
      'pixelpress_uploads_total{result="accepted"}': 1,
      'pixelpress_requests_total{status="completed"}': 1,
      pixelpress_request_duration_seconds_count: 1,
      'pixelpress_images_total{result="completed",code=""}': 2,
      'pixelpress_images_total{result="failed",code="HTTP_ERROR"}': 1,
      'pixelpress_image_stage_duration_seconds_count{stage="fetch"}': 3,
      'pixelpress_image_stage_duration_seconds_count{stage="compress"}': 2,
      'pixelpress_image_stage_duration_seconds_count{stage="store"}': 4,
      'pixelpress_image_stage_duration_seconds_count{stage="record"}': 2,
      'pixelpress_image_stage_duration_seconds_count{stage="count"}': 3,
      pixelpress_images_in_flight: 0,
      pixelpress_image_process_starts_total: 1,
      'pixelpress_queue_lag_messages{topic="images"}': 0,
      'pixelpress_queue_lag_messages{topic="requests"}': 0,
      'pixelpress_engine_up{engine="database"}': 1,
      pixelpress_subscribers: 0,
      'pixelpress_graphql_operation_duration_seconds_count{type="mutation",code="OK"}': 1,
      'pixelpress_graphql_operation_duration_seconds_count{type="subscription",code="OK"}': 1,
      'pixelpress_graphql_operation_duration_seconds_count{type="query",code="OK"}': 1,
      'pixelpress_http_request_duration_seconds_count{method="GET",route="/api/status/:requestId",status="200"}': 1,
      'pixelpress_http_request_duration_seconds_count{method="GET",route="/api/status/:requestId",status="404"}': 1,
      'pixelpress_http_request_duration_seconds_count{method="POST",route="/api/upload",status="415"}': 1,
      'pixelpress_http_request_duration_seconds_count{method="POST",route="/graphql",status="200"}': 2,
    };
    expect(values(Object.keys(expected))).toEqual(expected);
    expect(metrics.get('pixelpress_events_delivered_total')).toBeGreaterThanOrEqual(2);
    expect(metrics.get('pixelpress_image_process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(metrics.get('pixelpress_image_process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    const bytes = (kind: string) => metrics.get(`pixelpress_image_bytes_total{kind="${kind}"}`) ?? 0;
    expect(bytes('compressed')).toBeGreaterThan(0);
    expect(bytes('compressed')).toBeLessThan(bytes('original'));
    receiver.closeAllConnections();
    receiver.close();
  });

  it('has no series more after other requests, clients and paths: what they chose names none', async () => {
    await runRequest('chair');
    await ask('{ nothing }');
    const before = [...(await readMetrics(service.url)).keys()];
    await runRequest('table');
    await ask('query Mine { version }');
    await ask('{ nothing }');
    for (const path of ['/api/planted', '/planted', '/api/status/planted', '/objects/planted']) {
      await fetch(`${service.url}${path}`);
    }
    await fetch(`${service.url}/objects/planted`, { method: 'PROPFIND' });
    const metrics = await readMetrics(service.url);
    expect([...metrics.keys()].filter((name) => /planted|PROPFIND|Mine|table/.test(name))).toEqual([]);
    // The runtime's own come when they come, such as a garbage collection of a kind that was not seen before.
    const ours = [...metrics.keys()].filter((name) => name.startsWith('pixelpress_'));
    const isAnswer = (name: string) => name.startsWith('pixelpress_http_request_duration_seconds');
    expect(ours.filter((name) => !isAnswer(name) && !before.includes(name))).toEqual([]);
  });

  it('counts those who watch while they do', async () => {
    const hung: (() => void)[] = [];
    origin.answers.set('/slow.jpg', (_, response) => void hung.push(() => response.writeHead(404).end()));
    const client = createGraphQLClient(service.url);
    const csv = `No,Name,Images\n1,Slow,${origin.url}/slow.jpg\n`;
    const { data } = await client.upload(UploadCsvDocument, csv, { options: {} });
    const events = client.subscribe(RequestStatusDocument, { id: data?.uploadCsv.request?.id ?? '' });
    await events.next();
    await waitFor('the fetch', () => hung.length > 0);
    const metrics = await readMetrics(service.url);
    expect(metrics.get('pixelpress_subscribers')).toBe(1);
    expect(metrics.get('pixelpress_images_in_flight')).toBe(1);
    expect(metrics.get('pixelpress_queue_lag_messages{topic="images"}')).toBe(1);
    for (const answer of hung) answer();
    await collect(events);
    expect((await readMetrics(service.url)).get('pixelpress_subscribers')).toBe(0);
  });

  it.each(['grafana-dashboard.json', 'alerts.yml'])(
    'has every series that docs/observability/%s asks for',
    async (file) => {
      const text = readFileSync(`docs/observability/${file}`, 'utf8');
      const asked = new Set(text.match(/\b(?:pixelpress|nodejs|process)_[a-z0-9_]+/g));
      const there = new Set([...(await readMetrics(service.url)).keys()].map((name) => name.replace(/\{.*/, '')));
      expect(asked.size).toBeGreaterThan(5);
      expect([...asked].filter((name) => !there.has(name))).toEqual([]);
    },
  );

  it('is for whoever reaches the port, or, with METRICS_TOKEN, for who shows that', async () => {
    const guarded = await startService({ METRICS_TOKEN: 'scrape-me', API_KEYS: 'ann:key-of-ann' });
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${guarded.url}/metrics`, { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer key-of-ann' })).toBe(401);
    expect(await status({ authorization: 'Bearer scrape-me' })).toBe(200);
    expect((await fetch(`${guarded.url}/readyz`)).status).toBe(200);
    await guarded.stop();
  });
});
