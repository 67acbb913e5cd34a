import type { RequestHandler } from 'express';
import type { TraceContext, Tracing } from '../domain/tracing.js';
import { routeOf } from './route-of.js';

/** Each answer is a span, of the client's own trace where it names one. */
export function createTraceAnswers(tracing: Tracing): RequestHandler {
  return (request, response, next) => {
    const { traceparent, tracestate } = request.headers;
    const from: TraceContext | null =
      typeof traceparent === 'string' ? { traceparent, ...(typeof tracestate === 'string' && { tracestate }) } : null;
    void tracing.span(request.method, { kind: 'server', from }, async (span) => {
      const closed = new Promise((close) => response.once('close', close));
      next();
      await closed;
      const route = routeOf(request);
      span.rename(`${request.method} ${route}`);
      span.set({
        'http.request.method': request.method,
        'http.route': route,
        'http.response.status_code': response.statusCode,
      });
      if (response.statusCode >= 500) span.fail({ code: response.statusCode });
    });
  };
}
