import { useContext } from 'react';
import type { Session } from './create-session.js';
import { SessionContext } from './session-context.js';

/** The session that the component is drawn in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession is called outside of SessionContext');
  return session;
}
