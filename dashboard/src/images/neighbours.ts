import type { ImagesKnown } from './images-known.js';

export interface Neighbours {
  previous: string | null;
  next: string | null;
}

/** The finished images before and after this one in the list, as far as it is known. */
export function neighbours({ pages }: ImagesKnown, id: string): Neighbours {
  const finished = pages
    .flatMap((page) => page ?? [])
    .filter((image) => image.id === id || image.status === 'COMPLETED');
  const index = finished.findIndex((image) => image.id === id);
  if (index < 0) return { previous: null, next: null };
  return { previous: finished[index - 1]?.id ?? null, next: finished[index + 1]?.id ?? null };
}
