import type { Log } from './log.js';
import type { Metrics } from './metrics.js';
import type { Tracing } from './tracing.js';

/** By what a process tells its operator how it goes. */
export interface Telemetry {
  log: Log;
  metrics: Metrics;
  tracing: Tracing;
}
