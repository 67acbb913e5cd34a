import { deserialize, serialize } from 'bson';
import type { Reply } from './command.js';
import type { Doc } from './documents.js';

export const MAX_MESSAGE_BYTES = 48_000_000;
const HEADER_BYTES = 16;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;

export interface WireMessage {
  requestId: number;
  /** A driver's very first hello may come in the old form, and is answered in it. */
  legacy: boolean;
  /** False where the client asked for no answer. */
  answered: boolean;
  command: Doc;
}

/** The bytes of a connection, cut into messages. @throws RangeError for what is no message */
export function createFrameReader(): { add(chunk: Buffer): Buffer[] } {
  let parts: Buffer[] = [];
  let length = 0;
  return {
    add(chunk) {
      parts.push(chunk);
      length += chunk.length;
      const frames: Buffer[] = [];
      let needed = frameLength(parts, length);
      if (needed === null || length < needed) return frames;
      let rest: Buffer = parts.length === 1 ? chunk : Buffer.concat(parts, length);
      while (needed !== null && rest.length >= needed) {
        frames.push(rest.subarray(0, needed));
        rest = rest.subarray(needed);
        needed = frameLength([rest], rest.length);
      }
      parts = rest.length > 0 ? [rest] : [];
      length = rest.length;
      return frames;
    },
  };
}

function frameLength(parts: Buffer[], length: number): number | null {
  if (length < 4) return null;
  const start = (parts[0]?.length ?? 0) >= 4 ? (parts[0] as Buffer) : Buffer.concat(parts, length);
  const needed = start.readInt32LE();
  if (needed < HEADER_BYTES + 5 || needed > MAX_MESSAGE_BYTES) throw new RangeError(`a message of ${needed} bytes`);
  return needed;
}

/** @throws for what is not an OP_MSG or the OP_QUERY of a first hello */
export function parseMessage(frame: Buffer): WireMessage {
  const requestId = frame.readInt32LE(4);
  const opCode = frame.readInt32LE(12);
  if (opCode === OP_QUERY) return parseQuery(frame, requestId);
  if (opCode !== OP_MSG) throw new RangeError(`operation ${opCode} is not known`);
  const flags = frame.readUInt32LE(HEADER_BYTES);
  const end = frame.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  let command: Doc | null = null;
  const sequences: Doc = {};
  for (let at = HEADER_BYTES + 4; at < end; ) {
    const kind = frame[at++];
    if (kind === 0) {
      const size = frame.readInt32LE(at);
      command = deserialize(within(frame, at, size, end));
      at += size;
    } else if (kind === 1) {
      const size = frame.readInt32LE(at);
      const section = within(frame, at, size, end);
      const { name, documents } = parseSequence(section);
      sequences[name] = documents;
      at += size;
    } else {
      throw new RangeError(`a section of kind ${kind}`);
    }
  }
  if (!command) throw new RangeError('a message without a body');
  return { requestId, legacy: false, answered: (flags & MORE_TO_COME) === 0, command: { ...command, ...sequences } };
}

function parseSequence(section: Buffer): { name: string; documents: Doc[] } {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd === -1) throw new RangeError('a sequence without a name');
  const documents: Doc[] = [];
  for (let at = nameEnd + 1; at < section.length; ) {
    const size = section.readInt32LE(at);
    documents.push(deserialize(within(section, at, size, section.length)));
    at += size;
  }
  return { name: section.toString('utf8', 4, nameEnd), documents };
}

function parseQuery(frame: Buffer, requestId: number): WireMessage {
  const nameEnd = frame.indexOf(0, HEADER_BYTES + 4);
  const at = nameEnd + 9;
  const command = deserialize(within(frame, at, frame.readInt32LE(at), frame.length));
  return { requestId, legacy: true, answered: true, command: { ...command, $db: 'admin' } };
}

function within(frame: Buffer, at: number, size: number, end: number): Buffer {
  if (size < 5 || at + size > end) throw new RangeError('a document that is longer than its message');
  return frame.subarray(at, at + size);
}

let lastId = 0;

/** The answer to a message, as its bytes. */
export function encodeReply({ requestId, legacy }: WireMessage, reply: Reply): Buffer {
  const body = Buffer.isBuffer(reply) ? reply : serialize(reply, { ignoreUndefined: true });
  const fixed = legacy ? 20 : 5;
  const frame = Buffer.alloc(HEADER_BYTES + fixed + body.length);
  frame.writeInt32LE(frame.length, 0);
  lastId = (lastId + 1) & 0x7fffffff;
  frame.writeInt32LE(lastId, 4);
  frame.writeInt32LE(requestId, 8);
  frame.writeInt32LE(legacy ? OP_REPLY : OP_MSG, 12);
  // Flags, cursor and position are 0; an OP_REPLY holds one document.
  if (legacy) frame.writeInt32LE(1, HEADER_BYTES + 16);
  frame.set(body, HEADER_BYTES + fixed);
  return frame;
}
