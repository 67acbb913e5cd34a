import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What an S3 answers; with status 200 it is of a single object among several. */
export interface Refusal {
  status: number;
  code: string;
}

export interface RefusingS3 {
  endpoint: string;
  /** Method and path of each request so far. */
  asked: string[];
  /** The last one, with what it brought. */
  last(): { headers: IncomingHttpHeaders; body: string } | null;
  answer(refusal: Refusal | null): void;
  close(): Promise<void>;
}

/** An S3 that answers all with one error, or with success where there is none. */
export async function startRefusingS3(first: Refusal | null = null): Promise<RefusingS3> {
  let refusal = first;
  let last: ReturnType<RefusingS3['last']> = null;
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    last = { headers: request.headers, body: await text(request) };
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
    last: () => last,
    answer: (next) => {
      refusal = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
