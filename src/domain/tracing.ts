/** Where a trace goes on: the headers of W3C Trace Context (`traceparent`, `tracestate`). */
export type TraceContext = Readonly<Record<string, string>>;

export type SpanFields = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  fields?: SpanFields;
  /** Where the trace comes from; null begins a new one; the span that is under way here if left out. */
  from?: TraceContext | null;
  /** What a `consumer` publishes goes on from where its own message came from: the trace of a request stays flat. */
  kind?: 'server' | 'client' | 'consumer';
}

/** A span that has ended. */
export interface PastSpan {
  /** Milliseconds of the epoch. */
  startedAt: number;
  seconds: number;
  fields: SpanFields;
  /** As `errorName` tells it; null where it went well. */
  error: string | null;
}

/** A span that is under way. */
export interface Span {
  rename(name: string): void;
  set(fields: SpanFields): void;
  /** It does not end well. */
  fail(error: unknown): void;
}

/** The port of distributed tracing. Fields name no URL and nothing that a client wrote. */
export interface Tracing {
  /** Runs work as a span of the trace; what it throws is noted there by its code or its name. */
  span<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>;
  /** A part of the span that is under way here, which has ended already. */
  addSpan(name: string, span: PastSpan): void;
  /** What a message that goes out now carries along; null where nothing is traced. */
  carry(): TraceContext | null;
  /** The trace that is under way here. */
  traceId(): string | null;
}

const NO_SPAN: Span = { rename() {}, set() {}, fail() {} };

/** While tracing is off. */
export const NO_TRACING: Tracing = {
  span: (_name, _options, work) => work(NO_SPAN),
  addSpan: () => undefined,
  carry: () => null,
  traceId: () => null,
};

/** What of an error may stand in a trace: its code, or its name. */
export function errorName(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return String(code ?? name ?? 'Error');
}
