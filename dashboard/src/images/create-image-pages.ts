import type { Client, CombinedError, RequestPolicy } from 'urql';
import {
  ImageCursorsDocument,
  type ImageFieldsFragment,
  ImagePageDocument,
  type ImagePageQuery,
  type ImageStatus,
} from '../generated/graphql.js';
import { type ImagesKnown, PAGE_SIZE } from './images-known.js';

/**
 * The images of a request, for a list that shows some of them at a time. A page's cursor is told by the page before,
 * so the way to what is in view leads over all pages above; of those that are passed by, the cursors alone are asked
 * for. Only the pages in view and beside it follow the cache: with 20,000 images, reading all of them again at each
 * event would leave no time to scroll.
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
  /** Null where only its cursor is known. */
  nodes: readonly ImageFieldsFragment[] | null;
  endCursor: string | null;
  hasNext: boolean;
}

type PageInfo = NonNullable<ImagePageQuery['request']>['images']['pageInfo'];

export function createImagePages(client: Client, id: string, status: ImageStatus | null): ImagePages {
  const listeners = new Set<() => void>();
  const followed = new Map<number, () => void>();
  let pages: readonly Page[] = [];
  let known: ImagesKnown = { pages: [], isComplete: false, error: null };
  let view = { from: 0, to: 0 };
  let isLoading = false;

  const variables = (after: string | null) => ({ id, first: PAGE_SIZE, after, status });
  const query = (after: string | null, requestPolicy: RequestPolicy) =>
    client.query(ImagePageDocument, variables(after), { requestPolicy });

  const tell = (error: CombinedError | null = null) => {
    known = { pages: pages.map(({ nodes }) => nodes), isComplete: pages.at(-1)?.hasNext === false, error };
    for (const listener of listeners) listener();
  };

  const put = (index: number, after: string | null, nodes: Page['nodes'], info: PageInfo | undefined) => {
    const page = { after, nodes, endCursor: info?.endCursor ?? null, hasNext: info?.hasNextPage ?? false };
    const old = pages[index];
    if (old && old.nodes === nodes && old.hasNext === page.hasNext) return;
    // Where a page ends elsewhere now, those behind it begin elsewhere too.
    const behind = old?.endCursor === page.endCursor ? pages.slice(index + 1) : [];
    if (behind.length === 0) leave((followedIndex) => followedIndex > index);
    pages = [...pages.slice(0, index), page, ...behind];
    tell();
  };

  const putImages = (index: number, after: string | null, { request }: ImagePageQuery) =>
    put(index, after, request?.images.nodes ?? [], request?.images.pageInfo);

  const leave = (isLeft: (index: number) => boolean) => {
    for (const [index, end] of followed) {
      if (!isLeft(index)) continue;
      end();
      followed.delete(index);
    }
  };

  /** Adds the next page, or its cursor alone where it lies above what is in view. */
  const loadPage = async (index: number, after: string | null): Promise<boolean> => {
    const last = pages.at(-1);
    if ((index + 2) * PAGE_SIZE > view.from) {
      const { data, error } = await query(after, last ? 'cache-first' : 'network-only').toPromise();
      // What was put meanwhile may have changed where this page begins: then it is asked for again.
      if (data && pages.at(-1) === last) putImages(index, after, data);
      else if (!data) tell(error);
      return data !== undefined;
    }
    const { data, error } = await client.query(ImageCursorsDocument, variables(after)).toPromise();
    if (data && pages.at(-1) === last) put(index, after, null, data.request?.images.pageInfo);
    else if (!data) tell(error);
    return data !== undefined;
  };

  const load = async () => {
    if (isLoading) return;
    isLoading = true;
    try {
      let goesOn = true;
      while (goesOn && listeners.size > 0) {
        const last = pages.at(-1);
        if (last && (!last.hasNext || (pages.length - 1) * PAGE_SIZE > view.to)) break;
        goesOn = await loadPage(pages.length, last?.endCursor ?? null);
      }
    } finally {
      isLoading = false;
    }
    follow();
  };

  /** What is in view, and a page above and below: it is there before it is scrolled to. */
  const follow = () => {
    const last = Math.min(pages.length - 1, Math.floor(view.to / PAGE_SIZE) + 1);
    const first = Math.max(0, Math.min(last, Math.floor(view.from / PAGE_SIZE) - 1));
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
      putImages(index, after, data);
      void load();
    });
    return unsubscribe;
  };

  const refreshPage = async (index: number) => {
    const page = pages[index];
    if (!page) return;
    const { data } = await query(page.after, 'network-only').toPromise();
    if (data && pages[index]?.after === page.after) putImages(index, page.after, data);
    void load();
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
      // The last one too: a request that is still being read has more images than before.
      for (const index of new Set([...followed.keys(), pages.length - 1])) void refreshPage(index);
    },
  };
}
