/** Things that one question asks for: what the service gives at most. */
export const PAGE_SIZE = 100;

export interface Page<T> {
  nodes: T[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** All things of a list, in its order; a page is asked for when the one before it has been taken. */
export async function* readPages<T>(
  readPage: (after: string | null) => Promise<Page<T>>,
): AsyncGenerator<T, undefined> {
  for (let after: string | null = null; ; ) {
    const { nodes, pageInfo }: Page<T> = await readPage(after);
    yield* nodes;
    if (!pageInfo.hasNextPage) return;
    after = pageInfo.endCursor;
  }
}
