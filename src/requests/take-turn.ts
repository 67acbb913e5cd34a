const waiting: (() => void)[] = [];

function letOneIn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(letOneIn);
}

/**
 * Resolves in a turn of the event loop of its own: where many have a piece of work at the same time, everyone else
 * comes round between two. There is one event loop, and so one row of all who wait.
 */
export function takeTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(letOneIn);
  });
}
