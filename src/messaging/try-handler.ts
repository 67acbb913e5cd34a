import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../domain/log.js';
import type { WorkMessages, WorkTopic } from './topics.js';
import type { ConsumeOptions } from './work-queue.js';

/** Pauses before a message is tried again, in milliseconds: what passes by itself (an engine's restart) may pass. */
const PAUSES_MS = [200, 2_000];

/**
 * Works on one message, with its tries; then it is dead. Never throws, because a consumer that throws is started
 * anew for ever by kafkajs, and would lose its place in any queue.
 */
export async function tryHandler<T extends WorkTopic>(
  topic: T,
  message: WorkMessages[T],
  options: ConsumeOptions<T>,
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await options.handle(message, signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      const wait = PAUSES_MS[attempt];
      log.warn({ topic, message, error, attempt: attempt + 1 }, 'message failed');
      if (wait === undefined) {
        await options.onDead(message, error).catch((deadError) => {
          log.error({ topic, message, error: deadError }, 'dead message could not be recorded');
        });
        return;
      }
      await pause(wait, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
    }
  }
}
