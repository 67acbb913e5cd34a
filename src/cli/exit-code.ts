import type { RequestView } from '../client/index.js';

/** What the command line ends with. */
export const EXIT = { allMade: 0, error: 1, someFailed: 2, stopped: 130 } as const;

/** What an ended request is worth. */
export function exitCodeOf({ status, counts }: RequestView): number {
  if (status === 'COMPLETED' && counts.failed === 0) return EXIT.allMade;
  return status === 'COMPLETED' || status === 'FAILED' ? EXIT.someFailed : EXIT.error;
}
