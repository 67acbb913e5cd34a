import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'bson';
import { type EmbeddedMongo, startEmbeddedMongo } from '../../src/embedded-mongo/server.js';
import type { Random } from '../faults/random.js';
import { fuzz } from './fuzz.js';
import { mutate } from './mutate.js';

const OP_MSG = 2013;
/** How long an answer is waited for that need not come, in milliseconds. */
const PATIENCE_MS = 300;

let dataDir: string;
let server: EmbeddedMongo;
let path: string;
const crashes: unknown[] = [];
const note = (error: unknown) => crashes.push(error);

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'pixelpress-fuzz-'));
  server = await startEmbeddedMongo({ dataDir });
  path = decodeURIComponent(
    new URL(server.uri.replace('mongodb://', 'http://h/').replace('/pixelpress', '#')).pathname.slice(1),
  );
  process.on('unhandledRejection', note);
});
afterAll(async () => {
  process.off('unhandledRejection', note);
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function message(command: object): Buffer {
  const body = serialize(command, { ignoreUndefined: true });
  const frame = Buffer.alloc(21 + body.length);
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(7, 4);
  frame.writeInt32LE(OP_MSG, 12);
  frame.set(body, 21);
  return frame;
}

/** What a driver would never send, and what it sends, in one. */
function value(random: Random, depth = 3): unknown {
  const inner = () => value(random, depth - 1);
  const plain = [
    0,
    -1,
    1,
    2 ** 53,
    1.5,
    Number.NaN,
    '',
    'a',
    'a.b',
    '$a',
    null,
    true,
    new Date(0),
    /a/,
    Buffer.from('x'),
    10n,
  ];
  if (depth === 0 || random.chance(0.4)) return random.pick(plain);
  if (random.chance(0.3)) return Array.from({ length: random.whole(0, 3) }, inner);
  const keys = [
    '_id',
    'a',
    'a.b',
    '',
    '$set',
    '$inc',
    '$max',
    '$setOnInsert',
    '$or',
    '$and',
    '$in',
    '$gt',
    '$lte',
    '$ne',
    '$exists',
    '$unset',
    '$sum',
    '$match',
    '$group',
    '$unwind',
    '$sort',
    '$limit',
    '$nope',
    '__proto__',
    'constructor',
  ];
  return Object.fromEntries(Array.from({ length: random.whole(0, 3) }, () => [random.pick(keys), inner()]));
}

function commandOf(random: Random): object {
  const $db = random.chance(0.9) ? 'fuzz' : value(random, 1);
  const c = random.chance(0.9) ? random.pick(['c', 'd']) : value(random, 1);
  const any = () => value(random);
  return random.pick([
    () => ({ hello: 1, $db }),
    () => ({
      insert: c,
      documents: random.chance(0.8) ? [any(), { _id: random.whole(1, 50), a: any() }] : any(),
      ordered: random.chance(0.5),
      $db,
    }),
    () => ({
      find: c,
      filter: any(),
      sort: any(),
      projection: any(),
      limit: any(),
      skip: any(),
      batchSize: any(),
      $db,
    }),
    () => ({
      update: c,
      updates: random.chance(0.8)
        ? [{ q: any(), u: any(), upsert: random.chance(0.5), multi: random.chance(0.5) }]
        : any(),
      $db,
    }),
    () => ({ delete: c, deletes: random.chance(0.8) ? [{ q: any(), limit: random.pick([0, 1]) }] : any(), $db }),
    () => ({ findAndModify: c, query: any(), update: any(), new: any(), upsert: any(), remove: any(), $db }),
    () => ({ aggregate: c, pipeline: random.chance(0.8) ? [any(), any()] : any(), cursor: any(), $db }),
    () => ({ createIndexes: c, indexes: random.chance(0.8) ? [{ key: any(), name: 'i', unique: any() }] : any(), $db }),
    () => ({ count: c, query: any(), $db }),
    () => ({ distinct: c, key: any(), query: any(), $db }),
    () => ({ getMore: any(), collection: c, $db }),
    () => ({ killCursors: c, cursors: any(), $db }),
    () => ({ [String(any())]: any(), $db }),
  ])();
}

async function firstAnswer(socket: Socket): Promise<'answered' | 'closed' | 'silent'> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('silent'), PATIENCE_MS);
    const end = (word: 'answered' | 'closed') => {
      clearTimeout(timer);
      resolve(word);
    };
    socket.once('data', () => end('answered'));
    socket.once('close', () => end('closed'));
  });
}

async function isAlive(): Promise<void> {
  const socket = connect(path);
  socket.on('error', () => undefined);
  const answer = once(socket, 'data');
  socket.write(message({ ping: 1, $db: 'admin' }));
  await answer;
  socket.destroy();
}

fuzz({
  name: 'the wire protocol of the embedded database',
  async feed(random) {
    const whole = message(commandOf(random));
    const frame = random.chance(0.4) ? mutate(whole, random) : whole;
    const socket = connect(path);
    socket.on('error', () => undefined);
    const word = firstAnswer(socket);
    socket.write(frame);
    // A half message is waited on, as it should be; a whole one is answered or its connection closed.
    const outcome = frame.length === whole.length && frame.readInt32LE(0) <= frame.length ? await word : 'half';
    socket.destroy();
    await isAlive();
    if (crashes.length > 0) throw crashes[0];
    return outcome;
  },
});
