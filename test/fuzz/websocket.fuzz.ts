import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Random } from '../faults/random.js';
import { openedGraphQLSocket } from '../support/graphql-socket.js';
import { serverMemory } from '../support/server-memory.js';
import { type Service, startService } from '../support/start-service.js';
import { fuzz } from './fuzz.js';
import { mutate } from './mutate.js';

/** How long a client listens that has sent what need not be answered, in milliseconds. */
const PATIENCE_MS = 60;

let service: Service;
beforeAll(async () => {
  service = await startService({ RATE_LIMIT_QUERIES_PER_MINUTE: '0' });
});
afterAll(async () => {
  expect(await service.stop()).toBe(0);
});

const PAYLOADS = [
  { query: '{ version }' },
  { query: 'subscription { requestStatus(id: "x") { request { id } } }' },
  { query: '{' },
  { query: '' },
  { query: '{ version }', variables: { a: [[]] }, operationName: 'x', extensions: { a: 1 } },
  {},
  null,
  1,
  'x',
  { query: 1 },
];

function messageOf(random: Random): string {
  const type = random.pick([
    'connection_init',
    'subscribe',
    'subscribe',
    'subscribe',
    'complete',
    'ping',
    'pong',
    'next',
    'error',
    'connection_ack',
    'x',
    '',
    '__proto__',
  ]);
  const id = random.pick(['1', '1', '2', '', '__proto__', 'x'.repeat(1_000), 1, null]);
  const text = JSON.stringify({ id, type, payload: random.pick(PAYLOADS) });
  return random.chance(0.3) ? mutate(Buffer.from(text), random).toString() : text;
}

/** A frame of RFC 6455 as a client sends it, or something like it. */
function frameOf(content: Buffer, random: Random): Buffer {
  const opcode = random.chance(0.95) ? 1 : random.whole(0, 15);
  const first = (random.chance(0.97) ? 0x80 : 0) | (random.chance(0.01) ? 0x70 : 0) | opcode;
  const mask = random.chance(0.98);
  const key = Buffer.from([1, 2, 3, 4]);
  const length = content.length < 126 ? [content.length] : [126, content.length >> 8, content.length & 0xff];
  length[0] = (length[0] ?? 0) | (mask ? 0x80 : 0);
  const masked = Buffer.from(content.map((byte, index) => (mask ? byte ^ (key[index % 4] ?? 0) : byte)));
  const frame = Buffer.concat([Buffer.from([first, ...length]), ...(mask ? [key] : []), masked]);
  return random.chance(0.1) ? mutate(frame, random) : frame;
}

/** Sends bytes over a connection that has shaken hands; answers the code it was closed with, if it was. */
function sendFrames(frames: Buffer[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    const timer = setTimeout(() => end(null), PATIENCE_MS);
    let received = Buffer.alloc(0);
    const end = (code: number | null) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(code);
    };
    socket.on('error', () => undefined);
    socket.on('close', () => end(codeOf(received)));
    socket.on('data', (chunk) => {
      const shaken = received.length > 0;
      received = Buffer.concat([received, chunk]);
      if (!shaken && !String(received).startsWith('HTTP/1.1 101')) reject(new Error(String(received)));
      if (!shaken) for (const frame of frames) socket.write(frame);
    });
    socket.write(
      `GET /graphql HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: graphql-transport-ws\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    );
  });
}

/** The code of the close frame that a server's bytes end with. */
function codeOf(received: Buffer): number | null {
  for (let at = received.length - 4; at >= 0; at--) {
    if (received[at] === 0x88 && (received[at + 1] ?? 0) + at + 2 === received.length)
      return received.readUInt16BE(at + 2);
  }
  return null;
}

fuzz({
  name: 'websocket frames',
  async feed(random) {
    const hello = random.chance(0.8) ? ['{"type":"connection_init"}'] : [];
    const texts = [...hello, ...Array.from({ length: random.whole(1, 4) }, () => messageOf(random))];
    const code = await sendFrames(texts.map((text) => frameOf(Buffer.from(text), random)));
    if (code === 4500 || code === 1011)
      throw new Error(`closed with ${code} after ${texts.join('\n')}\n${service.log.slice(-2).join('\n')}`);
    if (random.chance(0.02)) (await openedGraphQLSocket(service.url)).socket.close();
    if (service.process.exitCode !== null) throw new Error(`the service ended: ${service.log.slice(-5).join('\n')}`);
    return String(code ?? 'open');
  },
  memory: () => serverMemory(service.url),
});
