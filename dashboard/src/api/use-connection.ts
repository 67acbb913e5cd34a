import { useValue } from '../state/use-value.js';
import type { Connection } from './create-socket.js';
import { useSession } from './use-session.js';

/** How the live connection stands. */
export function useConnection(): Connection {
  return useValue(useSession().connection);
}
