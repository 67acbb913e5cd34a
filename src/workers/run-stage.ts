import { type ImageStage, secondsSince } from '../domain/metrics.js';
import { errorName, type SpanFields } from '../domain/tracing.js';
import type { WorkerDeps } from './deps.js';

/** One stage of an image's way, after its end. Plain data: most are heard of from another process. */
export interface StageTaken {
  stage: ImageStage;
  /** Milliseconds of the epoch. */
  startedAt: number;
  seconds: number;
  fields: SpanFields;
  /** The code or the name of what it threw; null where it went well. */
  error: string | null;
}

export type OnStage = (taken: StageTaken) => void;

/** Runs one stage of an image's way, and tells how long it took, whether it goes well or not. */
export type RunStage = <T>(stage: ImageStage, work: () => Promise<T>, fields?: SpanFields) => Promise<T>;

export function timeStages(onStage: OnStage): RunStage {
  return async (stage, work, fields = {}) => {
    const startedAt = Date.now();
    const began = performance.now();
    const tell = (error: string | null) => onStage({ stage, startedAt, seconds: secondsSince(began), fields, error });
    try {
      const result = await work();
      tell(null);
      return result;
    } catch (error) {
      tell(errorName(error));
      throw error;
    }
  };
}

/** Measures stages, each a span of the trace that is under way where it is told. */
export function createRecordStage({ metrics, tracing }: Pick<WorkerDeps, 'metrics' | 'tracing'>): OnStage {
  return ({ stage, ...taken }) => {
    metrics.imageStage(stage, taken.seconds);
    tracing.addSpan(stage, taken);
  };
}
