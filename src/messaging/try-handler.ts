import { setTimeout as pause } from 'node:timers/promises';
import { isUnavailable } from '../domain/errors.js';
import type { Telemetry } from '../domain/telemetry.js';
import type { Span, TraceContext } from '../domain/tracing.js';
import type { WorkMessages, WorkTopic } from './topics.js';
import type { ConsumeOptions } from './work-queue.js';

/** Pauses before a message is tried again, in milliseconds. */
const PAUSES_MS = [200, 2_000];
/** Between two tries while an engine is away, in milliseconds. */
const OUTAGE_PAUSE_MS = 1_000;

/** A message as it came. */
export interface Delivery<T extends WorkTopic> {
  message: WorkMessages[T];
  /** Where the trace of whoever published it goes on. */
  trace: TraceContext | null;
}

/**
 * Works on one message, with its tries; then it is dead. While an engine is away it is tried on: that is no fault of
 * the message. Never throws, because a consumer that throws is started anew for ever by kafkajs, and would lose its
 * place in any queue. Answers false where it was aborted: then the message is not done.
 */
export function tryHandler<T extends WorkTopic>(
  topic: T,
  { message, trace }: Delivery<T>,
  options: ConsumeOptions<T>,
  signal: AbortSignal,
  telemetry: Telemetry,
): Promise<boolean> {
  const fields = { 'messaging.destination.name': topic, ...message };
  return telemetry.tracing.span(`process ${topic}`, { kind: 'consumer', from: trace, fields }, (span) =>
    tryOn(topic, message, options, signal, { ...telemetry, span }),
  );
}

async function tryOn<T extends WorkTopic>(
  topic: T,
  message: WorkMessages[T],
  options: ConsumeOptions<T>,
  signal: AbortSignal,
  { log, metrics, span }: Pick<Telemetry, 'log' | 'metrics'> & { span: Span },
): Promise<boolean> {
  for (let failures = 0; ; ) {
    try {
      await options.handle(message, signal);
      return !signal.aborted;
    } catch (error) {
      if (signal.aborted) return false;
      const outage = isUnavailable(error);
      if (!outage) failures++;
      metrics.messageFailed(topic);
      span.fail(error);
      log.warn({ topic, ...message, error, failures, outage }, 'message failed');
      const wait = outage ? OUTAGE_PAUSE_MS : PAUSES_MS[failures - 1];
      if (wait === undefined) {
        metrics.messageDead(topic);
        await options.onDead(message, error).catch((deadError) => {
          log.error({ topic, ...message, error: deadError }, 'dead message could not be recorded');
        });
        return true;
      }
      await pause(wait, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return false;
    }
  }
}
