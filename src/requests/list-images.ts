import { badInput } from '../domain/errors.js';
import type { RequestId } from '../domain/ids.js';
import type { ImageStatus } from '../domain/image-status.js';
import { encodeCursor, type Page, type PageInput, pageSize, placeOf, toPage } from '../domain/page.js';
import type { Image } from '../models/image.js';
import type { RequestDeps } from './deps.js';

export interface ListImagesInput extends Pick<PageInput, 'first' | 'after'> {
  status?: ImageStatus | null | undefined;
  /** How many to pass over first. */
  offset?: number | null | undefined;
}

export type ListImages = (requestId: RequestId, input: ListImagesInput) => Promise<Page<Image>>;

/** Images of a request in the order of the file; the caller has seen that the request is the client's. */
export function createListImages({ database }: Pick<RequestDeps, 'database'>): ListImages {
  return async (requestId, input) => {
    const { size } = pageSize(input);
    const after = placeOf(input.after) ?? -1;
    const offset = input.offset ?? 0;
    if (offset < 0) throw badInput('offset', 'offset is a whole number, 0 or more.');
    const images = await database.images.page(requestId, input.status ?? null, after, size + 1, offset);
    const page = toPage(images, size, (image) => encodeCursor(image.seq), input);
    return { ...page, hasPreviousPage: page.hasPreviousPage || offset > 0 };
  };
}
