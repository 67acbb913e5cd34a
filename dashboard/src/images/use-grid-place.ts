import { type RefObject, useLayoutEffect, useState } from 'react';

export interface GridPlace {
  /** From the top of the page, in pixels. */
  top: number;
  width: number;
}

/** Where the grid stands on the page: what is above it grows and shrinks. */
export function useGridPlace(grid: RefObject<HTMLElement | null>): GridPlace {
  const [place, setPlace] = useState<GridPlace>({ top: 0, width: 0 });
  useLayoutEffect(() => {
    const measure = () => {
      if (!grid.current) return;
      const { top, width } = grid.current.getBoundingClientRect();
      const now = { top: Math.round(top + window.scrollY), width: Math.round(width) };
      setPlace((old) => (old.top === now.top && old.width === now.width ? old : now));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    if (grid.current) observer.observe(grid.current);
    return () => observer.disconnect();
  }, [grid]);
  return place;
}
