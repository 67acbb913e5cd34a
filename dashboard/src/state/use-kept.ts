import { useState } from 'react';

/** What was last known, while a newer answer is on its way or has failed: a lost connection must not empty the page. */
export function useKept<T>(value: T | undefined): T | undefined {
  const [kept, setKept] = useState(value);
  if (value !== undefined && value !== kept) setKept(value);
  return value ?? kept;
}
