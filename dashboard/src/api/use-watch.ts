import { type CombinedError, type TypedDocumentNode, useSubscription } from 'urql';
import { useAfterReconnect } from './use-after-reconnect.js';

/** Watches a request while `active`; what is heard reaches the page through the cache. Answers why that failed, if it did. */
export function useWatch<T>(
  query: TypedDocumentNode<T, { id: string }>,
  id: string,
  active: boolean,
): CombinedError | undefined {
  const [{ error }, execute] = useSubscription({ query, variables: { id }, pause: !active });
  // A service that is stopped ends its streams before it leaves: they would not come back with the connection.
  useAfterReconnect(() => {
    if (active) execute();
  });
  return error;
}
