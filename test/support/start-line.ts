import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line to a service that can be cut: what is sent over it goes on as it is. */
export interface Line {
  url: string;
  /** How many connections stand. */
  open(): number;
  /** Breaks all connections that stand; new ones are let through. */
  cut(): void;
  close(): Promise<void>;
}

export async function startLine(to: string): Promise<Line> {
  const { hostname, port } = new URL(to);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    for (const [from, onto] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.pipe(onto);
      from.on('error', () => onto.destroy());
      from.on('close', () => onto.destroy());
    }
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => sockets.size,
    cut,
    async close() {
      cut();
      await new Promise((closed) => server.close(closed));
    },
  };
}
