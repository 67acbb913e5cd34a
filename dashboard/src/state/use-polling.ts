import { useEffect, useEffectEvent } from 'react';

/** Calls `ask` every `everyMs` milliseconds while `active`, and while the page is looked at. */
export function usePolling(ask: () => void, everyMs: number, active: boolean): void {
  const onTick = useEffectEvent(() => {
    if (document.visibilityState === 'visible') ask();
  });
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(onTick, everyMs);
    // Whoever comes back to the page sees the truth at once.
    document.addEventListener('visibilitychange', onTick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onTick);
    };
  }, [everyMs, active]);
}
