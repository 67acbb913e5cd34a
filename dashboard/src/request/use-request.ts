import { useState } from 'react';
import { type CombinedError, useQuery } from 'urql';
import { errorCode } from '../api/error-code.js';
import { useAfterReconnect } from '../api/use-after-reconnect.js';
import { useAsking } from '../api/use-asking.js';
import { useWatch } from '../api/use-watch.js';
import { type RequestDetailsFragment, RequestPageDocument, WatchImagesDocument } from '../generated/graphql.js';
import { progressOf } from '../progress/progress-of.js';

/** Whatever becomes of the events, an open request is asked for so often, in milliseconds. */
const POLL_MS = 10_000;
/** And one that has ended, which goes when its time is over. */
const ENDED_POLL_MS = 30_000;

interface Answer {
  /** Null where there is none; undefined until that is known. */
  request: RequestDetailsFragment | null | undefined;
  error: CombinedError | undefined;
  ask: () => void;
}

/** One request, live while it is open: what is heard reaches it, and its images, through the cache. */
export function useRequest(id: string): Answer {
  const [{ data, error }, execute] = useQuery({
    query: RequestPageDocument,
    variables: { id },
    requestPolicy: 'cache-and-network',
  });
  const ask = () => execute({ requestPolicy: 'network-only' });
  useAfterReconnect(ask);
  const request = useNewest(data?.request);
  const isOpen = request ? progressOf(request).isOpen : false;
  const watchError = useWatch(WatchImagesDocument, id, isOpen);
  useAsking(ask, isOpen ? POLL_MS : ENDED_POLL_MS);
  // Deleted meanwhile: it is no more, whatever was seen of it.
  const isGone = isOpen && watchError !== undefined && errorCode(watchError) === 'NOT_FOUND';
  return { request: isGone ? null : request, error, ask };
}

/** Never goes back: an answer that was under way while an event came is older than the event. */
function useNewest(given: RequestDetailsFragment | null | undefined): RequestDetailsFragment | null | undefined {
  const [kept, setKept] = useState(given);
  const isNewer = given !== undefined && given !== kept && !(given && kept && given.revision < kept.revision);
  if (isNewer) setKept(given);
  return isNewer ? given : kept;
}
