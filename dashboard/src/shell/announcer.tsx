import { type ReactNode, useState } from 'react';
import { AnnounceContext } from './announce-context.js';

/** Holds the live region: what happens without a click is said there to a screen reader. */
export function Announcer({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState('');
  return (
    <AnnounceContext value={setSaid}>
      {children}
      <div className="visually-hidden" role="status" aria-live="polite" data-testid="announcer">
        {said}
      </div>
    </AnnounceContext>
  );
}
