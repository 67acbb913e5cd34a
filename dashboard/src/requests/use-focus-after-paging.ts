import { useEffect, useRef } from 'react';
import type { ListRoute } from '../routing/route.js';
import { focusListTitle } from './focus-list-title.js';

/** Another page begins at its title: the link that led there went with the page that it stood under. */
export function useFocusAfterPaging({ after, before }: ListRoute): void {
  const place = `${after} ${before}`;
  const seen = useRef(place);
  useEffect(() => {
    // A link of the filter is still there, and keeps the focus.
    if (place !== seen.current && document.activeElement === document.body) focusListTitle();
    seen.current = place;
  }, [place]);
}
