import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Proxy {
  url: string;
  /** While it is set, nothing comes through. */
  isDown: boolean;
  close(): Promise<void>;
}

/** A proxy as some companies have it: it hands on HTTP and knows no `Upgrade`, so no WebSocket comes through. */
export async function startProxy(target: string): Promise<Proxy> {
  const server = createServer((request, response) => {
    if (proxy.isDown) return request.socket.destroy();
    const { connection: _connection, upgrade: _upgrade, ...headers } = request.headers;
    const onward = ask(new URL(request.url ?? '/', target), { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const proxy: Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    isDown: false,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  return proxy;
}
