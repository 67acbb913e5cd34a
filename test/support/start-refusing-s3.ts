import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an S3 answers; with status 200 it is of a single object among several. */
export interface Refusal {
  status: number;
  code: string;
}

export interface RefusingS3 {
  endpoint: string;
  /** Method and path of each request so far. */
  asked: string[];
  answer(refusal: Refusal | null): void;
  close(): Promise<void>;
}

/** An S3 that answers all with one error, or with success where there is none. */
export async function startRefusingS3(first: Refusal | null = null): Promise<RefusingS3> {
  let refusal = first;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    asked.push(`${request.method} ${request.url?.split('?')[0]}`);
    if (!refusal) return void response.writeHead(request.method === 'DELETE' ? 204 : 200).end();
    const error = `<Error><Code>${refusal.code}</Code><Message>no</Message></Error>`;
    const body = refusal.status === 200 ? `<DeleteResult>${error}</DeleteResult>` : error;
    response.writeHead(refusal.status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>${body}`);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (next) => {
      refusal = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
