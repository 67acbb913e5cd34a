import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Larger than what sockets and streams hold by themselves. */
const LARGE_BYTES = 16 * 1024 * 1024;

export interface SilentS3 {
  endpoint: string;
  close(): Promise<void>;
}

/**
 * An S3 that takes every request and says nothing, but for a GET: of `half.jpg` and `broken.jpg`
 * half, of which the latter's connection then breaks, of `whole.jpg` all.
 */
export async function startSilentS3(): Promise<SilentS3> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.method !== 'GET' || !/half|broken|whole/.test(request.url ?? '')) return;
    const body = Buffer.alloc(LARGE_BYTES);
    response.writeHead(200, { 'content-length': body.length });
    if (request.url?.includes('whole')) response.end(body);
    else if (request.url?.includes('half')) response.write(body.subarray(0, LARGE_BYTES / 2));
    else response.write(body.subarray(0, LARGE_BYTES / 2), () => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
