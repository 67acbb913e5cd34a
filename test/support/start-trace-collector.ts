import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CollectedSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  fields: Record<string, string | number>;
  failed: boolean;
  /** Of the process that sent it. */
  resource: Record<string, string | number>;
}

interface OtlpAttribute {
  key: string;
  value: { stringValue?: string; intValue?: number };
}

interface OtlpSpan extends Pick<CollectedSpan, 'name' | 'traceId' | 'spanId'> {
  parentSpanId?: string;
  attributes: OtlpAttribute[];
  status: { code: number };
}

interface OtlpBody {
  resourceSpans: { resource: { attributes: OtlpAttribute[] }; scopeSpans: { spans: OtlpSpan[] }[] }[];
}

export interface TraceCollector {
  /** OTEL_… for a process that sends here, at once. */
  env: Record<string, string>;
  spans: CollectedSpan[];
  close(): Promise<void>;
}

/** Takes spans as OpenTelemetry's collector does: OTLP, JSON over HTTP. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.url !== '/v1/traces') return response.writeHead(404).end();
    for (const { resource, scopeSpans } of (JSON.parse(Buffer.concat(chunks).toString()) as OtlpBody).resourceSpans) {
      const of = fieldsOf(resource.attributes);
      spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => read(span, of))));
    }
    return response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
    spans,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function read(
  { name, traceId, spanId, parentSpanId, attributes, status }: OtlpSpan,
  resource: CollectedSpan['resource'],
) {
  return { name, traceId, spanId, parentSpanId, fields: fieldsOf(attributes), failed: status.code === 2, resource };
}

function fieldsOf(attributes: OtlpAttribute[]): Record<string, string | number> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? '']));
}
