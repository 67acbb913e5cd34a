/**
 * Of what stands in a message. Raised where a program that knows the older one would do wrong by it; a message without
 * one is of the first. What comes of a newer program is not worked on: messages are hints, and the newer programs'
 * reconciler puts out again what it was about.
 */
const MESSAGE_VERSION = 1;

export function withVersion<M extends object>(message: M): M & { v: number } {
  return { v: MESSAGE_VERSION, ...message };
}

/** Whether this program knows how to read it. */
export function isKnownVersion({ v = MESSAGE_VERSION }: { v?: unknown }): boolean {
  return typeof v === 'number' && v <= MESSAGE_VERSION;
}
