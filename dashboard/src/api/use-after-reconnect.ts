import { useEffect, useEffectEvent, useRef } from 'react';
import { useConnection } from './use-connection.js';

/** Calls `ask` each time the connection has come back: what happened meanwhile was not told. */
export function useAfterReconnect(ask: () => void): void {
  const { returns } = useConnection();
  const seen = useRef(returns);
  const onReturn = useEffectEvent(ask);
  useEffect(() => {
    if (returns !== seen.current) onReturn();
    seen.current = returns;
  }, [returns]);
}
