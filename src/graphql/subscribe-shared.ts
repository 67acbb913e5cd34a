import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from 'graphql';
import type { GraphQLContext } from './context.js';

type Result = ExecutionResult | Promise<ExecutionResult>;

/**
 * graphql-js's `subscribe`, but that one event which several subscriptions get is executed once for all that ask the
 * same of it: the same document with the same variables, for the same owner. A hundred who watch one request with the
 * same page cost one execution.
 */
export function createSubscribeShared() {
  const results = new WeakMap<object, Map<string, Result>>();

  const executeOnce = (event: object, question: string, args: ExecutionArgs): Result => {
    const known = results.get(event) ?? new Map<string, Result>();
    results.set(event, known);
    const result = known.get(question) ?? execute({ ...args, rootValue: event });
    known.set(question, result);
    return result;
  };

  return async (args: ExecutionArgs): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> => {
    const source = await createSourceEventStream(args);
    if (!isEventStream(source)) return source;
    const events = source[Symbol.asyncIterator]();
    const question = questionOf(args);
    const shared: AsyncIterableIterator<ExecutionResult> = {
      async next() {
        const { done, value } = await events.next();
        return done ? { done, value: undefined } : { value: await executeOnce(value as object, question, args) };
      },
      async return() {
        await events.return?.();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => shared,
    };
    return shared;
  };
}

function isEventStream(source: AsyncIterable<unknown> | ExecutionResult): source is AsyncIterable<unknown> {
  return Symbol.asyncIterator in source;
}

function questionOf({ document, operationName, variableValues, contextValue }: ExecutionArgs): string {
  const { owner } = contextValue as GraphQLContext;
  return JSON.stringify([owner, operationName, variableValues, document.loc?.source.body]);
}
