import { useEffect, useRef } from 'react';
import { navigate } from '../routing/navigate.js';
import type { RequestRoute } from '../routing/route.js';

interface ImageRoute {
  open: (image: string) => void;
  close: () => void;
}

/**
 * Leads from one image to the next, and back to all of them. All that were looked at are one step in the history of
 * the browser: its back button leads to the list, and closing takes that step back.
 */
export function useImageRoute(route: RequestRoute): ImageRoute {
  const before = useRef(route.image);
  const isFromList = useRef(false);
  useEffect(() => {
    if (!route.image) isFromList.current = false;
    else if (!before.current) isFromList.current = true;
    before.current = route.image;
  }, [route.image]);
  return {
    open: (image) => navigate({ ...route, image }, { replace: true }),
    close: () => (isFromList.current ? history.back() : navigate({ ...route, image: null }, { replace: true })),
  };
}
