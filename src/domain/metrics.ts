import type { ErrorCode } from './errors.js';
import type { ProcessingErrorCode } from './processing-error.js';
import type { RequestStatus, TerminalStatus } from './request-status.js';

/** What takes an image's time: fetched from its host, compressed, stored (each of its objects), recorded, counted. */
export type ImageStage = 'fetch' | 'compress' | 'store' | 'record' | 'count';

/** Why an image was put back to be taken up later: a failure that passes, a host at its limit, an engine that is away. */
export type DeferReason = ProcessingErrorCode | 'HOST_BUSY' | 'UNAVAILABLE';

export type OperationType = 'query' | 'mutation' | 'subscription' | 'unknown';

/**
 * The port of what is counted and timed, told where it happens. What tells one series from another is a word of a short
 * list: never an id, a URL, a name of a client's.
 */
export interface Metrics {
  /** @param bytes of the file */
  uploadTaken(result: 'accepted' | 'repeated' | 'refused', bytes: number): void;
  /** @param seconds since its work began, or began anew */
  requestEnded(status: TerminalStatus, seconds: number): void;
  /** How many requests are open by status, and how many of their images have not ended, over all processes. */
  openRequests(byStatus: ReadonlyMap<RequestStatus, number>, images: number): void;
  /** They could not be counted: what was counted before is no longer told. */
  openRequestsUnknown(): void;
  imagesInFlight(by: 1 | -1): void;
  imageCompleted(originalBytes: number, compressedBytes: number): void;
  imageFailed(code: ProcessingErrorCode): void;
  imagesCancelled(count: number): void;
  imageDeferred(reason: DeferReason): void;
  imageStage(stage: ImageStage, seconds: number): void;
  /** One more process that makes images was started: the first one, or another where that ended. */
  imageProcessStarted(): void;
  /**
   * What such a process has used more than it had told.
   * @param bytesBy of memory; fewer where it gave some back, or ended
   */
  imageProcessUsed(cpuSeconds: number, bytesBy: number): void;
  /** One try of a message failed. */
  messageFailed(topic: string): void;
  /** A message was given up. */
  messageDead(topic: string): void;
  /** PENDING: it is to be tried again. */
  webhookTried(status: 'DELIVERED' | 'PENDING' | 'FAILED'): void;
  subscribers(by: 1 | -1): void;
  eventDelivered(): void;
  /** @param route its pattern (`/api/status/:requestId`) */
  httpAnswered(method: string, route: string, status: number, seconds: number): void;
  /** @param code null where it went well */
  operationEnded(type: OperationType, code: ErrorCode | null, seconds: number): void;
}

/** Seconds since `began`, which `performance.now()` gave. */
export function secondsSince(began: number): number {
  return (performance.now() - began) / 1_000;
}
