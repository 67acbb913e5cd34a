import type { WorkMessages, WorkTopic } from './topics.js';

/**
 * The port of a work queue: each message goes to one consumer, at least once. Between messages of one topic no order
 * is promised. A message is a hint: the truth is in the database, and the reconciler puts out again what was lost.
 */
export interface WorkQueue {
  /** Resolves when the messages are taken. @throws if they cannot be; the reconciler then puts them out again. */
  publish<T extends WorkTopic>(topic: T, messages: readonly WorkMessages[T][]): Promise<void>;
  consume<T extends WorkTopic>(topic: T, options: ConsumeOptions<T>): Promise<Consumer>;
  /** Messages published and not finished, of all processes that share them. @throws if they cannot be told in time */
  lag(): Promise<Readonly<Record<WorkTopic, number>>>;
  /** @throws if the engine cannot be reached. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface ConsumeOptions<T extends WorkTopic> {
  /** Messages worked on at once by this consumer. */
  concurrency: number;
  handle(message: WorkMessages[T], signal: AbortSignal): Promise<void>;
  /** A message that could not be worked on after its tries. */
  onDead(message: WorkMessages[T], reason: unknown): Promise<void>;
}

export interface Consumer {
  /** Takes no more messages, aborts the signal of those under way, and waits for their handlers to return. */
  close(): Promise<void>;
}
