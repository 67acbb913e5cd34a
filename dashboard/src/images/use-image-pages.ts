import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { useAfterReconnect } from '../api/use-after-reconnect.js';
import { useAsking } from '../api/use-asking.js';
import type { ImageStatus } from '../generated/graphql.js';
import { createImagePages, type ImagePages } from './create-image-pages.js';
import type { ImagesKnown } from './images-known.js';

/** What is in view of an open request is asked for again so often, in milliseconds: events name ended images only. */
const POLL_MS = 2_000;

/** The images of a request in this state, or in any, kept true while they are looked at. */
export function useImagePages(id: string, status: ImageStatus | null, isOpen: boolean): [ImagesKnown, ImagePages] {
  const client = useClient();
  const pages = useMemo(() => createImagePages(client, id, status), [client, id, status]);
  const known = useSyncExternalStore(pages.subscribe, pages.get);
  useAsking(pages.refresh, POLL_MS, isOpen);
  useAfterReconnect(pages.refresh);
  useEffect(() => {
    // The end: what the last events did not name is seen now.
    if (!isOpen) pages.refresh();
  }, [isOpen, pages]);
  return [known, pages];
}
