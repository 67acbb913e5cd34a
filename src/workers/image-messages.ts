import { type Outage, UnavailableError } from '../domain/errors.js';
import type { CompressOptions } from '../domain/options.js';
import { ProcessingError, type ProcessingErrorCode } from '../domain/processing-error.js';
import { HostBusyError } from '../images/host-gate.js';
import type { ImageResult } from '../models/image-transitions.js';
import type { ImageToMake } from './make-image.js';
import type { StageTaken } from './run-stage.js';

/** What the process that makes images is told: its settings first, then images, and which of them to leave. */
export type ToImageProcess<Settings> =
  | { settings: Settings }
  | { id: number; image: ImageToMake; options: CompressOptions }
  | { abort: number };

/** What it tells: that it is ready, then how each image ended, and now and again what it uses. */
export type FromImageProcess = 'ready' | ImageReply | { usage: Usage };

export interface Usage {
  /** Since the process began, of all its threads. */
  cpuSeconds: number;
  residentBytes: number;
}

export type ImageReply = { id: number; stages: StageTaken[] } & ({ result: ImageResult } | { failure: ImageFailure });

/** An error as it crosses to the other process, where `toError` makes the same of it. */
export type ImageFailure =
  | {
      kind: 'processing';
      code: ProcessingErrorCode;
      message: string;
      retryable: boolean;
      retryAfterMs: number | undefined;
      cause: string | undefined;
    }
  | { kind: 'busy'; host: string }
  | { kind: 'unavailable'; engine: string; outage: Outage; cause: string | undefined }
  | { kind: 'other'; message: string; stack: string | undefined };

export function toFailure(error: unknown): ImageFailure {
  const { message, stack, cause: given } = error instanceof Error ? error : new Error(String(error));
  const cause = given === undefined ? undefined : String(given);
  if (error instanceof ProcessingError) {
    const { code, retryable, retryAfterMs } = error;
    return { kind: 'processing', code, message, retryable, retryAfterMs, cause };
  }
  if (error instanceof HostBusyError) return { kind: 'busy', host: error.host };
  if (error instanceof UnavailableError)
    return { kind: 'unavailable', engine: error.engine, outage: error.outage, cause };
  return { kind: 'other', message, stack };
}

export function toError(failure: ImageFailure): Error {
  switch (failure.kind) {
    case 'processing':
      return new ProcessingError(failure.code, failure.message, failure);
    case 'busy':
      return new HostBusyError(failure.host);
    case 'unavailable':
      return new UnavailableError(failure.engine, failure.outage, failure.cause);
    case 'other':
      return Object.assign(new Error(failure.message), { stack: failure.stack });
  }
}
