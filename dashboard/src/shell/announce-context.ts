import { createContext } from 'react';

/** Says a sentence to a screen reader, when it has ended what it is reading. */
export const AnnounceContext = createContext<(sentence: string) => void>(() => {});
