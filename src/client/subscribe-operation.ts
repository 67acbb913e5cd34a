import type { Client } from 'graphql-ws/client';
import type { TypedDocumentString } from './generated/documents.js';
import { openSocket } from './open-socket.js';
import { readError } from './read-error.js';
import { readSocketError } from './read-socket-error.js';
import type { Access } from './send-operation.js';

/**
 * Subscribes over WebSocket, for as long as the connection lasts. `stop` ends it at once, as leaving the loop does.
 * @throws PixelpressError
 */
export type SubscribeOperation = <T, V extends Record<string, unknown>>(
  document: TypedDocumentString<T, V>,
  variables: V,
  stop: AbortSignal,
) => AsyncGenerator<T, undefined>;

/** The socket is opened with the first subscription. */
export function createSubscribeOperation(access: Access): SubscribeOperation {
  let opening: Promise<Client> | undefined;
  return async function* <T, V extends Record<string, unknown>>(
    document: TypedDocumentString<T, V>,
    variables: V,
    stop: AbortSignal,
  ): AsyncGenerator<T, undefined> {
    opening ??= openSocket(access);
    const socket = await opening;
    const answers = socket.iterate<T>({ query: document.toString(), variables });
    try {
      while (!stop.aborted) {
        const step = await nextUntil(stop, answers);
        if (step.done) return undefined;
        const { data, errors } = step.value;
        if (errors?.[0]) throw readError(errors[0]);
        if (data) yield data;
      }
      return undefined;
    } finally {
      await answers.return?.();
    }
  };
}

/** The next answer; the end, where `stop` comes first: one that never comes is not waited for. */
function nextUntil<T>(stop: AbortSignal, answers: AsyncIterator<T>): Promise<IteratorResult<T, unknown>> {
  return new Promise((resolve, reject) => {
    const end = () => resolve({ done: true, value: undefined });
    stop.addEventListener('abort', end, { once: true });
    answers
      .next()
      .then(resolve, (thrown) => reject(readSocketError(thrown)))
      .finally(() => stop.removeEventListener('abort', end));
  });
}
