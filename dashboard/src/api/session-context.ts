import { createContext } from 'react';
import type { Session } from './create-session.js';

/** The session of the page; there is one for as long as the page is shown. */
export const SessionContext = createContext<Session | null>(null);
