import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Log } from '../domain/log.js';
import { errorName, type Span, type TraceContext, type Tracing } from '../domain/tracing.js';
import { withinTime } from '../domain/within-time.js';

/** How long the last spans may take to be sent at a stop, in milliseconds. */
const FLUSH_MS = 5_000;
const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER } as const;

/** Where the code that runs now stands in its trace. */
interface Place {
  context: Context;
  /** What messages that go out from here carry along, if that is not the span itself. */
  carried: Context | null;
}

/**
 * Sends spans to where OTEL_EXPORTER_OTLP_ENDPOINT says. OpenTelemetry's own global state is not used: where the code
 * stands in its trace is known here alone, so that two of these in one process do not meet.
 */
export function openTracing({ version, log }: { version: string; log: Log }): Tracing & { close(): Promise<void> } {
  const provider = new BasicTracerProvider({
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come after, and win.
    resource: resourceFromAttributes({ 'service.name': 'pixelpress', 'service.version': version }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    spanProcessors: [new BatchSpanProcessor(tellFailures(new OTLPTraceExporter(), log))],
  });
  const tracer = provider.getTracer('pixelpress', version);
  const propagator = new W3CTraceContextPropagator();
  const places = new AsyncLocalStorage<Place>();
  const here = () => places.getStore() ?? { context: ROOT_CONTEXT, carried: null };
  const extract = (from: TraceContext) => propagator.extract(ROOT_CONTEXT, from, defaultTextMapGetter);

  return {
    async span(name, { fields = {}, from, kind }, work) {
      const place = here();
      const parent = from === undefined ? place.context : from === null ? ROOT_CONTEXT : extract(from);
      const span = tracer.startSpan(name, { attributes: fields, kind: kind ? KINDS[kind] : SpanKind.INTERNAL }, parent);
      const context = trace.setSpan(parent, span);
      const ofMessage = from ? parent : context;
      const inherited = from === undefined ? place.carried : null;
      const told = spanOf(span);
      return places.run({ context, carried: kind === 'consumer' ? ofMessage : inherited }, async () => {
        try {
          return await work(told);
        } catch (error) {
          told.fail(error);
          throw error;
        } finally {
          span.end();
        }
      });
    },
    addSpan(name, { startedAt, seconds, fields, error }) {
      const span = tracer.startSpan(name, { attributes: fields, startTime: startedAt }, here().context);
      if (error !== null) failSpan(span, error);
      span.end(startedAt + seconds * 1000);
    },
    carry() {
      const { context, carried } = here();
      const headers: Record<string, string> = {};
      propagator.inject(carried ?? context, headers, defaultTextMapSetter);
      return headers['traceparent'] ? headers : null;
    },
    traceId: () => trace.getSpanContext(here().context)?.traceId ?? null,
    async close() {
      await withinTime(provider.shutdown(), FLUSH_MS).catch((error) => log.warn({ error }, 'traces not sent'));
    },
  };
}

function spanOf(span: OtelSpan): Span {
  return {
    rename: (name) => void span.updateName(name),
    set: (fields) => void span.setAttributes(fields),
    fail(error) {
      failSpan(span, errorName(error));
    },
  };
}

function failSpan(span: OtelSpan, error: string): void {
  span.setAttribute('error.type', error);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** What cannot be sent is dropped by the processor in silence. */
function tellFailures(exporter: SpanExporter, log: Log): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.code !== ExportResultCode.SUCCESS) {
          log.warn({ reason: result.error?.message, spans: spans.length }, 'traces not sent');
        }
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}
