import type { Limits } from '../domain/limits.js';
import type { Log } from '../domain/log.js';
import type { ProgressPublisher } from '../messaging/progress-publisher.js';
import type { WorkQueue } from '../messaging/work-queue.js';
import type { Database } from '../models/database.js';
import type { ObjectStorage } from '../storage/object-storage.js';

/** What the workers are made from; each takes the part that it needs. */
export interface WorkerDeps {
  database: Database;
  storage: ObjectStorage;
  queue: WorkQueue;
  progress: ProgressPublisher;
  limits: Limits;
  log: Log;
}
