import type { NewsMessages, NewsTopic } from './topics.js';

/** The port of publish/subscribe: every subscriber of every process hears every message from now on, or none. */
export interface PubSub {
  publish<T extends NewsTopic>(topic: T, message: NewsMessages[T]): Promise<void>;
  /** Resolves when it listens; the answer ends it. */
  subscribe<T extends NewsTopic>(topic: T, listener: (message: NewsMessages[T]) => void): Promise<() => void>;
  close(): Promise<void>;
}
