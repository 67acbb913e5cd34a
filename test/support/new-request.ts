import type { RequestId } from '../../src/domain/ids.js';
import type { Request } from '../../src/models/request.js';

/** A request as an upload makes it, at work. */
export function newRequest(_id: RequestId, more: Partial<Request> = {}): Request {
  const now = new Date();
  return {
    _id,
    owner: 'ann',
    uploadKey: `id:${_id}`,
    status: 'PROCESSING',
    revision: 1,
    epoch: 1,
    fileName: 'a.csv',
    fileBytes: 1,
    fileHash: 'h',
    createdAt: now,
    startedAt: now,
    finishedAt: null,
    counts: { rows: 1, imageUrls: 1, total: null, completed: 0, failed: 0, cancelled: 0 },
    bytes: { original: 0, compressed: 0 },
    flow: { expanded: 0, released: 0, inFlight: 0, deferred: 0, movedAt: now },
    rate: { since: now, from: 0 },
    options: {
      format: 'KEEP',
      quality: null,
      maxDimension: null,
      keepMetadata: false,
      invalidRows: 'REFUSE_FILE',
      webhookUrl: null,
      replaceUrls: false,
    },
    reopening: false,
    skippedRowCount: 0,
    outputKey: null,
    error: null,
    webhook: null,
    deletedAt: null,
    sweepAt: null,
    ...more,
  };
}
