import type { CombinedError } from 'urql';
import type { ImageFieldsFragment } from '../generated/graphql.js';

/** Images of one question: the most that the service gives. */
export const PAGE_SIZE = 100;

/** The images of a request as far as they are known. */
export interface ImagesKnown {
  /** By the number of their page, in the order of the file; each page but the last has 100. */
  pages: ReadonlyMap<number, readonly ImageFieldsFragment[]>;
  /** How many images there are, once the last of them has been seen. */
  end: number | null;
  error: CombinedError | null;
}

/** The image at this place of the list; undefined while it is not known. */
export function imageAt({ pages }: ImagesKnown, place: number): ImageFieldsFragment | undefined {
  return pages.get(Math.floor(place / PAGE_SIZE))?.[place % PAGE_SIZE];
}

/** Where in the list this image stands; null while that is not known. */
export function placeOf({ pages }: ImagesKnown, id: string): number | null {
  for (const [page, images] of pages) {
    const index = images.findIndex((image) => image.id === id);
    if (index >= 0) return page * PAGE_SIZE + index;
  }
  return null;
}

/** How many images there are at least, by what is known of them. */
export function knownCount({ pages, end }: ImagesKnown): number {
  if (end !== null) return end;
  return Math.max(0, ...[...pages].map(([page, images]) => page * PAGE_SIZE + images.length));
}
