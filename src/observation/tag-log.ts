import type { Log } from '../domain/log.js';
import { NO_TRACING, type Tracing } from '../domain/tracing.js';

/** Has each line name the trace that it stands in. */
export function tagLog(log: Log, tracing: Tracing): Log {
  if (tracing === NO_TRACING) return log;
  const tag = (fields: object) => {
    const traceId = tracing.traceId();
    return traceId ? { traceId, ...fields } : fields;
  };
  return {
    debug: (fields, event) => log.debug(tag(fields), event),
    info: (fields, event) => log.info(tag(fields), event),
    warn: (fields, event) => log.warn(tag(fields), event),
    error: (fields, event) => log.error(tag(fields), event),
  };
}
