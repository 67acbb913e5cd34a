import { type Counts, progress } from '../domain/counts.js';
import type { Urls } from '../domain/urls.js';
import type { RequestSnapshot } from '../models/request.js';

/** The status object of REST and of webhooks (interfaces.md). */
export interface StatusObject {
  requestId: string;
  status: 'pending' | 'processing' | 'cancelling' | 'completed' | 'failed' | 'cancelled';
  /** 0 to 1; 1 exactly when the status is terminal. */
  progress: number;
  counts: Counts;
  bytes: { original: number; compressed: number; saved: number };
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  outputCsvUrl: string | null;
  error: { code: string; message: string } | null;
}

export function presentStatus(request: RequestSnapshot, urls: Urls): StatusObject {
  const { _id, status, counts, bytes, createdAt, startedAt, finishedAt, outputKey, error } = request;
  return {
    requestId: _id,
    status: status.toLowerCase() as StatusObject['status'],
    progress: progress(status, counts),
    counts,
    bytes: { ...bytes, saved: bytes.original - bytes.compressed },
    createdAt,
    startedAt,
    finishedAt,
    outputCsvUrl: outputKey ? urls.outputCsv(_id) : null,
    error,
  };
}
