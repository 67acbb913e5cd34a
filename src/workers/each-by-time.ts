import type { RequestSnapshot } from '../models/request.js';

const PAGE = 100;

/**
 * Every request that a query finds in the order of one of its times, a page at a time. Of several with the very same
 * time those beyond a page come with the next look.
 */
export async function* eachByTime(
  field: 'deletedAt' | 'expiresAt' | 'finishedAt',
  read: (after: Date, limit: number) => Promise<RequestSnapshot[]>,
): AsyncGenerator<RequestSnapshot> {
  for (let after: Date | null | undefined = new Date(0); after; ) {
    const page: RequestSnapshot[] = await read(after, PAGE);
    yield* page;
    after = page.at(-1)?.[field];
  }
}
