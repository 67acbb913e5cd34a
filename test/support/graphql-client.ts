import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import FormData from 'form-data';
import { type ExecutionResult, print } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

type Result<T> = ExecutionResult<T, { code?: string; field?: string }>;

/** Speaks GraphQL to a service as a frontend does: typed operations over fetch, form-data and graphql-ws. */
export interface GraphQLTestClient {
  send<T, V>(document: TypedDocumentNode<T, V>, variables: V): Promise<Result<T>>;
  /** @throws where the answer has errors */
  get<T, V>(document: TypedDocumentNode<T, V>, variables: V): Promise<T>;
  upload<T, V>(document: TypedDocumentNode<T, V>, csv: string | Buffer, variables: Omit<V, 'file'>): Promise<Result<T>>;
  subscribe<T, V extends Record<string, unknown>>(
    document: TypedDocumentNode<T, V>,
    variables: V,
  ): AsyncIterableIterator<Result<T>>;
}

export function createGraphQLClient(url: string, headers: Record<string, string> = {}): GraphQLTestClient {
  const endpoint = `${url}/graphql`;
  const client: GraphQLTestClient = {
    async send(document, variables) {
      const body = JSON.stringify({ query: print(document), variables });
      const response = await fetch(endpoint, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
      });
      return response.json();
    },
    async get(document, variables) {
      const { data, errors } = await client.send(document, variables);
      if (errors || !data) throw new Error(JSON.stringify(errors));
      return data;
    },
    async upload(document, csv, variables) {
      const form = new FormData();
      form.append('operations', JSON.stringify({ query: print(document), variables: { ...variables, file: null } }));
      form.append('map', JSON.stringify({ 0: ['variables.file'] }));
      form.append('0', csv, { filename: 'products.csv', contentType: 'text/csv' });
      const response = await fetch(endpoint, {
        method: 'POST',
        body: new Uint8Array(form.getBuffer()),
        headers: { ...form.getHeaders(), 'apollo-require-preflight': 'true', ...headers },
      });
      return response.json();
    },
    subscribe(document, variables) {
      const socket = createClient({
        url: endpoint.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        connectionParams: headers,
      });
      const events = socket.iterate({ query: print(document), variables });
      // One socket for each subscription, closed with it.
      const close = <R>(result: R) => {
        void socket.dispose();
        return result;
      };
      return {
        next: () => events.next().then((step) => (step.done ? close(step) : step)),
        return: async () => close((await events.return?.()) ?? { done: true, value: undefined }),
        [Symbol.asyncIterator]() {
          return this;
        },
      } as AsyncIterableIterator<never>;
    },
  };
  return client;
}
