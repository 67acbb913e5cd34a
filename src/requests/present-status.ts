import { type Counts, progress } from '../domain/counts.js';
import { expiryOf } from '../domain/retention.js';
import { type Similarity, similarityOf } from '../domain/similarity.js';
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
  /** How like their originals the results are that were measured, 0 to 1; null where none was. */
  similarity: Similarity | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** When it goes, with all that was made for it; null where nothing says when. */
  expiresAt: Date | null;
  outputCsvUrl: string | null;
  error: { code: string; message: string } | null;
}

export type PresentStatus = (request: RequestSnapshot) => StatusObject;

/** @param retentionMs how long ended requests are kept, in milliseconds; null is for ever */
export function createPresentStatus(urls: Urls, retentionMs: number | null): PresentStatus {
  return (request) => presentStatus(request, urls, retentionMs);
}

function presentStatus(request: RequestSnapshot, urls: Urls, retentionMs: number | null): StatusObject {
  const { _id, status, counts, bytes, createdAt, startedAt, finishedAt, outputKey, error } = request;
  return {
    requestId: _id,
    status: status.toLowerCase() as StatusObject['status'],
    progress: progress(request),
    counts,
    bytes: { ...bytes, saved: bytes.original - bytes.compressed },
    similarity: similarityOf(request.similarity),
    createdAt,
    startedAt,
    finishedAt,
    expiresAt: expiryOf(request, retentionMs),
    outputCsvUrl: outputKey ? urls.outputCsv(_id) : null,
    error,
  };
}
