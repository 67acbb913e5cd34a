import { isKnownVersion } from './message-version.js';

/** A message of the work queue as it came, or why it cannot be worked on. */
export function readWorkMessage<M>(value: Buffer | null): { message: M } | { reason: string } {
  const notOurs = { reason: 'not a message of ours' };
  try {
    const message = JSON.parse(String(value)) as M & { requestId?: unknown; v?: unknown };
    if (typeof message.requestId !== 'string') return notOurs;
    return isKnownVersion(message) ? { message } : { reason: 'of a newer program' };
  } catch {
    return notOurs;
  }
}
