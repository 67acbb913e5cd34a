import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { pingWhileOpen } from '../../src/http/ping-while-open.js';

const EVERY_MS = 50;
const PINGS = 5;

it('a client that answers no ping is gone before the third; one that answers stays', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) => pingWhileOpen(socket, EVERY_MS));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const dead = new WebSocket(url, { autoPong: false });
    const alive = new WebSocket(url);
    let pings = 0;
    dead.on('ping', () => pings++);
    const [code] = await once(dead, 'close');
    expect([code, pings]).toEqual([1006, 1]);
    for (let ping = 0; ping < PINGS; ping++) await once(alive, 'ping');
    expect(alive.readyState).toBe(WebSocket.OPEN);
    alive.terminate();
  } finally {
    server.close();
  }
});
