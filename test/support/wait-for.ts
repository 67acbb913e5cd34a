import { setTimeout as pause } from 'node:timers/promises';

/** Waits until `check` answers something, with a limit in milliseconds. */
export async function waitFor<T>(what: string, check: () => T | Promise<T>, limitMs = 20_000): Promise<NonNullable<T>> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await check();
    if (found) return found as NonNullable<T>;
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await pause(25);
  }
}
