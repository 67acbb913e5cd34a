import { useEffect, useEffectEvent, useRef } from 'react';
import { useConnection } from './use-connection.js';

/** Calls `ask` each time the connection has come back: what happened meanwhile was not told. */
export function useAfterReconnect(ask: () => void): void {
  const { openings } = useConnection();
  const seen = useRef(openings);
  const onReconnect = useEffectEvent(ask);
  useEffect(() => {
    // The first opening is no return: what is shown was just asked for.
    if (openings > 1 && openings !== seen.current) onReconnect();
    seen.current = openings;
  }, [openings]);
}
