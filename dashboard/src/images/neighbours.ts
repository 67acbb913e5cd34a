import { type ImagesKnown, imageAt } from './images-known.js';

export interface Neighbours {
  previous: string | null;
  next: string | null;
}

/** The finished images before and after this place of the list, as far as it is known. */
export function neighbours(known: ImagesKnown, place: number | null): Neighbours {
  if (place === null) return { previous: null, next: null };
  return { previous: finished(known, place, -1), next: finished(known, place, 1) };
}

function finished(known: ImagesKnown, place: number, step: 1 | -1): string | null {
  for (let at = place + step; ; at += step) {
    const image = imageAt(known, at);
    if (!image) return null;
    if (image.status === 'COMPLETED') return image.id;
  }
}
