import { EXIT } from './exit-code.js';

/** How a call hears of Ctrl+C. */
export interface Stop {
  /** Aborted by the first Ctrl+C, from when it is asked for: who asks ends in order. */
  listen(): AbortSignal;
  isStopped(): boolean;
}

/** The first Ctrl+C asks a command that listens to end; the second, and the first where none listens, ends at once. */
export function createStop(): Stop {
  const controller = new AbortController();
  let isHeard = false;
  process.on('SIGINT', () => {
    if (!isHeard || controller.signal.aborted) process.exit(EXIT.stopped);
    controller.abort();
  });
  return {
    listen() {
      isHeard = true;
      return controller.signal;
    },
    isStopped: () => controller.signal.aborted,
  };
}
