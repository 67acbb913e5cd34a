import type { Client, CombinedError } from 'urql';
import {
  type ImageFieldsFragment,
  ImagePageDocument,
  type ImagePageQuery,
  type ImageStatus,
} from '../generated/graphql.js';

/** Images of one question: the most that the service gives. */
const PAGE_SIZE = 100;

/** The images as far as they are known. */
export interface ImagesKnown {
  /** Page after page, in the order of the file; each but the last has 100. */
  pages: readonly (readonly ImageFieldsFragment[])[];
  /** How many images that is. */
  count: number;
  /** Whether that is all there are. */
  isComplete: boolean;
  error: CombinedError | null;
}

/** The image at this place of the list; undefined while it is not known. */
export function imageAt({ pages }: ImagesKnown, index: number): ImageFieldsFragment | undefined {
  return pages[Math.floor(index / PAGE_SIZE)]?.[index % PAGE_SIZE];
}

/**
 * The images of a request, for a list that shows some of them at a time. Pages are fetched in their order as far as
 * the list is scrolled, for a page's cursor is told by the one before. Only the pages in view follow the cache:
 * with 20,000 images, reading all of them again at each event would leave no time to scroll.
 */
export interface ImagePages {
  get(): ImagesKnown;
  /** Answers what ends the subscription; with the last one nothing is followed any more. */
  subscribe(listener: () => void): () => void;
  /** The places that are in view. */
  show(from: number, to: number): void;
  /** Asks the service again for what is in view. */
  refresh(): void;
}

interface Page {
  after: string | null;
  nodes: readonly ImageFieldsFragment[];
  endCursor: string | null;
  hasNext: boolean;
}

const NOTHING: ImagesKnown = { pages: [], count: 0, isComplete: false, error: null };

export function createImagePages(client: Client, id: string, status: ImageStatus | null): ImagePages {
  const listeners = new Set<() => void>();
  const followed = new Map<number, () => void>();
  let pages: Page[] = [];
  let known = NOTHING;
  let view = { from: 0, to: 0 };
  let isLoading = false;

  const query = (after: string | null, requestPolicy: 'cache-first' | 'network-only') =>
    client.query(ImagePageDocument, { id, first: PAGE_SIZE, after, status }, { requestPolicy });

  const tell = (error: CombinedError | null = null) => {
    const count = pages.reduce((sum, { nodes }) => sum + nodes.length, 0);
    known = { pages: pages.map(({ nodes }) => nodes), count, isComplete: pages.at(-1)?.hasNext === false, error };
    for (const listener of listeners) listener();
  };

  const put = (index: number, after: string | null, data: ImagePageQuery) => {
    const { nodes = [], pageInfo } = data.request?.images ?? {};
    const page = { after, nodes, endCursor: pageInfo?.endCursor ?? null, hasNext: pageInfo?.hasNextPage ?? false };
    const old = pages[index];
    if (old?.nodes === nodes && old.hasNext === page.hasNext) return;
    // Where a page ends elsewhere now, those behind it begin elsewhere too.
    const behind = old?.endCursor === page.endCursor ? pages.slice(index + 1) : [];
    if (behind.length === 0) leave((followedIndex) => followedIndex > index);
    pages = [...pages.slice(0, index), page, ...behind];
    tell();
  };

  const leave = (isLeft: (index: number) => boolean) => {
    for (const [index, end] of followed) {
      if (!isLeft(index)) continue;
      end();
      followed.delete(index);
    }
  };

  const load = async () => {
    if (isLoading) return;
    isLoading = true;
    try {
      while (listeners.size > 0) {
        const last = pages.at(-1);
        if (last && (!last.hasNext || pages.length * PAGE_SIZE > view.to)) break;
        const after = last?.endCursor ?? null;
        const { data, error } = await query(after, last ? 'cache-first' : 'network-only').toPromise();
        if (!data) {
          tell(error ?? null);
          break;
        }
        // What was put meanwhile has changed where the next page begins: it is asked for again.
        if (pages.at(-1) === last) put(pages.length, after, data);
      }
    } finally {
      isLoading = false;
    }
    follow();
  };

  const follow = () => {
    const first = Math.floor(view.from / PAGE_SIZE);
    const last = Math.min(pages.length - 1, Math.floor(view.to / PAGE_SIZE));
    leave((index) => index < first || index > last || listeners.size === 0);
    if (listeners.size === 0) return;
    for (let index = first; index <= last; index++) {
      const page = pages[index];
      if (!page || followed.has(index)) continue;
      // Taken before: what the cache knows is told before `subscribe` answers.
      followed.set(index, () => {});
      followed.set(index, followPage(index, page.after));
    }
  };

  const followPage = (index: number, after: string | null) => {
    const { unsubscribe } = query(after, 'cache-first').subscribe(({ data }) => {
      if (!data || pages[index]?.after !== after) return;
      put(index, after, data);
      void load();
    });
    return unsubscribe;
  };

  return {
    get: () => known,
    subscribe(listener) {
      listeners.add(listener);
      void load();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) follow();
      };
    },
    show(from, to) {
      if (from === view.from && to === view.to) return;
      view = { from, to };
      follow();
      void load();
    },
    refresh() {
      if (pages.length === 0) void load();
      for (const index of followed.keys()) {
        const page = pages[index];
        if (page) void query(page.after, 'network-only').toPromise();
      }
    },
  };
}
