import type { IHeaders } from 'kafkajs';
import type { TraceContext } from '../domain/tracing.js';

/** Where the trace of a message goes on, as its headers say. */
export function traceOf(headers: IHeaders | undefined): TraceContext | null {
  const { traceparent, tracestate } = headers ?? {};
  if (!traceparent) return null;
  return { traceparent: String(traceparent), ...(tracestate && { tracestate: String(tracestate) }) };
}
