import { useCallback } from 'react';
import { type CombinedError, useQuery } from 'urql';
import { useAfterReconnect } from '../api/use-after-reconnect.js';
import { useAsking } from '../api/use-asking.js';
import { RequestListDocument, type RequestListQuery } from '../generated/graphql.js';
import type { ListRoute } from '../routing/route.js';
import { useKept } from '../state/use-kept.js';

const PAGE_SIZE = 20;
/** New requests of others are looked for so often, in milliseconds; what is open is live in any case. */
const POLL_MS = 5_000;

interface Answer {
  page: RequestListQuery['requests'] | undefined;
  error: CombinedError | undefined;
  ask: () => void;
}

/** A page of the list, kept true by asking again. */
export function useRequestList({ status, after, before }: ListRoute): Answer {
  const [{ data, error }, execute] = useQuery({
    query: RequestListDocument,
    variables: before ? { last: PAGE_SIZE, before, status } : { first: PAGE_SIZE, after, status },
    requestPolicy: 'cache-and-network',
  });
  const ask = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);
  useAsking(ask, POLL_MS);
  useAfterReconnect(ask);
  return { page: useKept(data)?.requests, error, ask };
}
