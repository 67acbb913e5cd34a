import { useSyncExternalStore } from 'react';
import type { Value } from './create-value.js';

/** The value as it is now; the component is drawn again when it changes. */
export function useValue<T>(value: Value<T>): T {
  return useSyncExternalStore(value.subscribe, value.get);
}
