import { usePolling } from '../state/use-polling.js';
import { useConnection } from './use-connection.js';

/** Without the live connection the page asks so often, in milliseconds: it is followed by this alone, and the service may be down. */
export const ASKING_MS = 10_000;

/**
 * Calls `ask` while `active`: every `everyMs` milliseconds beside the live connection, and every `ASKING_MS` without it,
 * for not every network lets a WebSocket through.
 */
export function useAsking(ask: () => void, everyMs: number, active = true): void {
  const { state } = useConnection();
  usePolling(ask, state === 'open' ? everyMs : ASKING_MS, active);
}
