import type { WebSocket } from 'ws';

/** A client that has not answered one ping before the next is gone: its connection is ended, for it will not say so. */
export function pingWhileOpen(socket: WebSocket, everyMs: number): void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}
