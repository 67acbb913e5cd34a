import pino from 'pino';
import { NO_TRACING } from '../../src/domain/tracing.js';
import { createPrometheus } from '../../src/observation/prometheus.js';

/** A log, metrics and traces that nobody reads. */
export const unread = {
  log: pino({ level: 'silent' }),
  tracing: NO_TRACING,
  metrics: createPrometheus({ version: '0', role: 'all' }).metrics,
};
