/** A log line is an event's name and its fields (pino's signature, so that nothing else needs to know pino). */
export interface Log {
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}
