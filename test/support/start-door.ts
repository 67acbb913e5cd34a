import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface Door {
  port: number;
  /** Ends all connections; new ones are let in. */
  disconnect(): void;
  close(): Promise<void>;
}

/** A place between clients and a server: each connection comes with one to the server, and ends with it. */
export async function startDoor(
  connectOn: () => Socket,
  serve: (client: Socket, upstream: Socket) => Promise<void>,
): Promise<Door> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connectOn();
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    serve(client, upstream).catch(() => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const disconnect = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    disconnect,
    async close() {
      disconnect();
      await new Promise((closed) => server.close(closed));
    },
  };
}
