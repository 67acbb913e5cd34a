import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RequestStatusDocument, UploadCsvDocument } from '../generated/graphql.js';
import { collect } from '../support/collect.js';
import { createGraphQLClient } from '../support/graphql-client.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';
import { type CollectedSpan, startTraceCollector, type TraceCollector } from '../support/start-trace-collector.js';
import { waitFor } from '../support/wait-for.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
/** Real engines take their time. */
const SLOW_MS = 180_000;

let origin: Origin;
let collector: TraceCollector;

beforeAll(async () => {
  origin = await startOrigin();
  collector = await startTraceCollector();
});
afterAll(async () => {
  await collector.close();
  await origin.close();
});

/** Uploads a request within a trace of the client's, and watches it to its end. */
async function runRequest(service: Service, images: string[], webhookUrl: string | null, sampled = '01') {
  const client = createGraphQLClient(service.url, { traceparent: `00-${TRACE}-${PARENT}-${sampled}` });
  const csv = ['No,Name,Images', ...images.map((url, row) => `${row},Item,${url}`)].join('\n');
  const { data } = await client.upload(UploadCsvDocument, csv, { options: { webhookUrl } });
  const id = data?.uploadCsv.request?.id ?? '';
  await collect(client.subscribe(RequestStatusDocument, { id }));
  return id;
}

const named = (spans: CollectedSpan[], name: string) => spans.filter((span) => span.name === name);

describe('the trace of an upload', () => {
  it(
    'goes from the client through HTTP and messages to each image, the end and the webhook',
    async () => {
      const receiver = createServer((_, response) => response.end());
      await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
      const webhookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
      origin.answers.set('/gone.jpg', (_, response) => response.writeHead(404).end());
      const images = [...Array.from({ length: 300 }, (_, row) => `${origin.url}/${row}.jpg`), `${origin.url}/gone.jpg`];
      const service = await startService(collector.env);
      const id = await runRequest(service, images, webhookUrl);
      await waitFor('the webhook to be told', () => named(collector.spans, 'deliverWebhook').length > 0);
      await service.stop();
      receiver.close();

      const { spans } = collector;
      // One trace, which is the client's; the subscription has none.
      expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
      const [root] = named(spans, 'POST /graphql');
      expect(root).toMatchObject({ parentSpanId: PARENT, fields: { 'http.response.status_code': 200 } });
      const [upload] = named(spans, 'uploadCsv');
      expect(upload).toMatchObject({ parentSpanId: root?.spanId, fields: { requestId: id } });
      const [request] = named(spans, 'process requests');
      expect(request).toMatchObject({ parentSpanId: upload?.spanId, fields: { requestId: id } });
      expect(named(spans, 'expandRequest')).toMatchObject([{ parentSpanId: request?.spanId }]);
      // More images than a window holds: those that others released are no deeper than the first ones.
      const processed = named(spans, 'process images');
      expect(processed).toHaveLength(301);
      expect(new Set(processed.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([upload?.spanId]));
      expect(new Set(processed.map(({ fields }) => fields['imageId'])).size).toBe(301);
      const stages = (image: CollectedSpan) =>
        spans.filter(({ parentSpanId }) => parentSpanId === image.spanId).map(({ name }) => name);
      const [failed] = named(spans, 'fetch').filter((fetch) => fetch.failed);
      expect(failed?.fields).toMatchObject({ 'error.type': 'HTTP_ERROR', 'server.address': new URL(origin.url).host });
      for (const image of processed) {
        const made = stages(image)
          .filter((name) => name !== 'completeRequest')
          .sort();
        if (image.spanId === failed?.parentSpanId) expect(made).toEqual(['count', 'fetch']);
        else expect(made).toEqual(['compress', 'count', 'fetch', 'record', 'store', 'store']);
      }
      const [end] = named(spans, 'completeRequest');
      expect(named(spans, 'deliverWebhook')).toMatchObject([{ parentSpanId: end?.spanId, fields: { requestId: id } }]);
      expect(spans[0]?.resource).toMatchObject({ 'service.name': 'pixelpress' });

      // Each line that stands in it names it.
      const lines = service.log.map((line) => JSON.parse(line) as Record<string, string>);
      const line = (event: string) => lines.find(({ msg }) => msg === event);
      const ofImage = {
        requestId: id,
        imageId: failed && processed.find((i) => i.spanId === failed.parentSpanId)?.fields['imageId'],
      };
      expect(line('image failed')).toMatchObject({ traceId: TRACE, ...ofImage });
      expect(line('request ended')).toMatchObject({ traceId: TRACE, requestId: id });
      expect(line('webhook told')).toMatchObject({ traceId: TRACE, requestId: id });
      expect(line('ready')).not.toHaveProperty('traceId');
      // Nothing of what a client wrote but the host.
      expect(JSON.stringify(spans)).not.toMatch(/\.jpg|products\.csv/);
    },
    SLOW_MS,
  );

  it(
    'is not recorded where the client says so, from its HTTP call to its last image',
    async () => {
      collector.spans.length = 0;
      const service = await startService({ ...collector.env, OTEL_SERVICE_NAME: 'shop-images' });
      await runRequest(service, [`${origin.url}/a.jpg`], null, '00');
      // What stands in no trace has one of its own.
      await fetch(`${service.url}/api/status/unknown`);
      await service.stop();
      expect(collector.spans.map(({ name }) => name)).toEqual(['GET /api/status/:requestId']);
      expect(collector.spans[0]).toMatchObject({
        parentSpanId: undefined,
        resource: { 'service.name': 'shop-images' },
      });
    },
    SLOW_MS,
  );

  it(
    'is off without OTEL_…, and where its collector is away the work goes on and the log says so',
    async () => {
      collector.spans.length = 0;
      const off = await startService();
      await runRequest(off, [`${origin.url}/a.jpg`], null);
      await off.stop();
      const away = await startService({
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
        OTEL_BSP_SCHEDULE_DELAY: '50',
      });
      await runRequest(away, [`${origin.url}/b.jpg`], null);
      await waitFor('the log to say so', () => away.log.some((line) => line.includes('traces not sent')));
      expect(await away.stop()).toBe(0);
      expect(collector.spans).toEqual([]);
      expect(off.log.join()).not.toContain('traceId');
    },
    SLOW_MS,
  );
});
