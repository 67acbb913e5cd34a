import type { Limits } from '../domain/limits.js';
import type { Telemetry } from '../domain/telemetry.js';
import type { ProgressPublisher } from '../messaging/progress-publisher.js';
import type { WorkQueue } from '../messaging/work-queue.js';
import type { Database } from '../models/database.js';
import type { ObjectStorage } from '../storage/object-storage.js';

/** What the workers are made from; each takes the part that it needs. */
export interface WorkerDeps extends Telemetry {
  database: Database;
  storage: ObjectStorage;
  queue: WorkQueue;
  progress: ProgressPublisher;
  limits: Limits;
}
