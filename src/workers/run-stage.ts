import { type ImageStage, secondsSince } from '../domain/metrics.js';
import type { SpanFields } from '../domain/tracing.js';
import type { WorkerDeps } from './deps.js';

/** Runs one stage of an image's way: a span of its trace, whose time is measured whether it goes well or not. */
export type RunStage = <T>(stage: ImageStage, work: () => Promise<T>, fields?: SpanFields) => Promise<T>;

export function createRunStage({ metrics, tracing }: Pick<WorkerDeps, 'metrics' | 'tracing'>): RunStage {
  return (stage, work, fields = {}) => {
    const began = performance.now();
    return tracing.span(stage, { fields }, work).finally(() => metrics.imageStage(stage, secondsSince(began)));
  };
}
