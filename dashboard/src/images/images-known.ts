import type { CombinedError } from 'urql';
import type { ImageFieldsFragment } from '../generated/graphql.js';

/** Images of one question: the most that the service gives. */
export const PAGE_SIZE = 100;

/** The images of a request as far as they are known. */
export interface ImagesKnown {
  /** Page after page, in the order of the file; each but the last has 100. Null where the images are not known yet. */
  pages: readonly (readonly ImageFieldsFragment[] | null)[];
  /** Whether there are no pages behind these. */
  isComplete: boolean;
  error: CombinedError | null;
}

/** The image at this place of the list; undefined while it is not known. */
export function imageAt({ pages }: ImagesKnown, index: number): ImageFieldsFragment | undefined {
  return pages[Math.floor(index / PAGE_SIZE)]?.[index % PAGE_SIZE];
}

/** How many images there are at least, by what is known of them. */
export function knownCount({ pages }: ImagesKnown): number {
  if (pages.length === 0) return 0;
  return (pages.length - 1) * PAGE_SIZE + (pages.at(-1)?.length ?? PAGE_SIZE);
}
