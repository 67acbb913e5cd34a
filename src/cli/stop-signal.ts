import { EXIT } from './exit-code.js';

/** Ctrl+C, `kill`, and a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How a call hears of Ctrl+C. */
export interface Stop {
  /** Aborted by the first Ctrl+C, from when it is asked for: who asks ends in order. */
  listen(): AbortSignal;
  /** Nothing is left to be ended in order. */
  unlisten(): void;
  isStopped(): boolean;
}

/**
 * The first Ctrl+C asks a command that listens to end; the second, and the first where none listens, ends at once. The
 * other signals do the same but for the second time: npm and supervisors send them twice, and mean it once.
 */
export function createStop(): Stop {
  const controller = new AbortController();
  let isHeard = false;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (!isHeard || (controller.signal.aborted && signal === 'SIGINT')) process.exit(EXIT.stopped);
      controller.abort();
    });
  }
  return {
    listen() {
      isHeard = true;
      return controller.signal;
    },
    unlisten() {
      isHeard = false;
    },
    isStopped: () => controller.signal.aborted,
  };
}
