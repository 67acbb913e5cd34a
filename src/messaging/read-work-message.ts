import { isKnownVersion } from './message-version.js';

/** A message of the work queue as it came, or why it cannot be worked on. */
export function readWorkMessage<M>(value: Buffer | null): { message: M } | { reason: string } {
  const notOurs = { reason: 'not a message of ours' };
  try {
    const message = JSON.parse(String(value)) as M & { requestId?: unknown; v?: unknown };
    if (typeof message.requestId !== 'string') return notOurs;
    if (!isKnownVersion(message)) return { reason: 'of a newer program' };
    const { v: _, ...read } = message;
    return { message: read as M };
  } catch {
    return notOurs;
  }
}
