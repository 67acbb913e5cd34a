import type { Client, CombinedError, RequestPolicy } from 'urql';
import {
  type ImageFieldsFragment,
  ImagePageDocument,
  type ImagePageQuery,
  type ImageStatus,
} from '../generated/graphql.js';
import { type ImagesKnown, PAGE_SIZE } from './images-known.js';

/** A list that is scrolled fast passes by more pages than it stays at: they are asked for so often, in milliseconds. */
const SETTLE_MS = 100;

/**
 * The images of a request, for a list that shows some of them at a time: any page is asked for by its place. Only the
 * pages in view and beside it follow the cache: with 20,000 images, reading all of them again at each event would
 * leave no time to scroll.
 */
export interface ImagePages {
  get(): ImagesKnown;
  /** Answers what ends the subscription; with the last one nothing is followed any more. */
  subscribe(listener: () => void): () => void;
  /** The places that are in view. */
  show(from: number, to: number): void;
  /** The place that is looked at by itself; null for none. */
  open(place: number | null): void;
  /** Asks the service again for what is in view. */
  refresh(): void;
}

interface Page {
  nodes: readonly ImageFieldsFragment[];
  hasNext: boolean;
}

export function createImagePages(client: Client, id: string, status: ImageStatus | null): ImagePages {
  const listeners = new Set<() => void>();
  const followed = new Map<number, () => void>();
  let pages: ReadonlyMap<number, Page> = new Map();
  let known: ImagesKnown = { pages: new Map(), end: null, error: null };
  let view = { from: 0, to: 0 };
  let opened: number | null = null;
  let isSettling = false;

  const query = (page: number, requestPolicy: RequestPolicy) => {
    const variables = { id, first: PAGE_SIZE, offset: page * PAGE_SIZE, status };
    return client.query(ImagePageDocument, variables, { requestPolicy });
  };

  const tell = (error: CombinedError | null = null) => {
    known = { pages: new Map([...pages].map(([page, { nodes }]) => [page, nodes])), end: endOf(pages), error };
    for (const listener of listeners) listener();
  };

  const take = (page: number, data: ImagePageQuery | undefined, error: CombinedError | undefined) => {
    if (!data) return tell(error);
    const images = data.request?.images;
    const nodes = images?.nodes ?? [];
    const hasNext = images?.pageInfo.hasNextPage ?? false;
    const old = pages.get(page);
    if (old?.nodes === nodes && old.hasNext === hasNext && !known.error) return;
    // Nothing stands behind the last page; what did is gone.
    const kept = [...pages].filter(([other]) => hasNext || other < page);
    pages = new Map([...kept, [page, { nodes, hasNext }]]);
    tell();
    follow();
  };

  /** The pages around these places that there are, as far as that is known. */
  const around = (from: number, to: number): number[] => {
    const first = Math.max(0, Math.floor(from / PAGE_SIZE) - 1);
    const last = Math.floor(to / PAGE_SIZE) + 1;
    const end = endOf(pages);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index).filter(
      (page) => page === 0 || end === null || page * PAGE_SIZE < end,
    );
  };

  const follow = () => {
    const wanted = new Set(listeners.size === 0 ? [] : around(view.from, view.to));
    if (opened !== null && listeners.size > 0) for (const page of around(opened, opened)) wanted.add(page);
    for (const [page, end] of followed) {
      if (wanted.has(page)) continue;
      end();
      followed.delete(page);
    }
    for (const page of wanted) {
      if (followed.has(page)) continue;
      // Taken before: what the cache knows is told before `subscribe` answers.
      followed.set(page, () => {});
      const { unsubscribe } = query(page, 'cache-and-network').subscribe(({ data, error }) => take(page, data, error));
      followed.set(page, unsubscribe);
    }
  };

  const followSoon = () => {
    if (isSettling) return;
    isSettling = true;
    setTimeout(() => {
      isSettling = false;
      follow();
    }, SETTLE_MS);
  };

  return {
    get: () => known,
    subscribe(listener) {
      listeners.add(listener);
      follow();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) follow();
      };
    },
    show(from, to) {
      if (from === view.from && to === view.to) return;
      view = { from, to };
      followSoon();
    },
    open(place) {
      opened = place;
      follow();
    },
    refresh() {
      for (const page of followed.keys()) {
        void query(page, 'network-only')
          .toPromise()
          .then(({ data, error }) => followed.has(page) && take(page, data, error));
      }
    },
  };
}

/** How many images there are, by the page that says that it is the last; null where none has. */
function endOf(pages: ReadonlyMap<number, Page>): number | null {
  const ends = [...pages].flatMap(([page, { nodes, hasNext }]) => (hasNext ? [] : [page * PAGE_SIZE + nodes.length]));
  return ends.length > 0 ? Math.min(...ends) : null;
}
