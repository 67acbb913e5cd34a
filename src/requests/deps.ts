import type { Limits } from '../domain/limits.js';
import type { Telemetry } from '../domain/telemetry.js';
import type { ProgressPublisher } from '../messaging/progress-publisher.js';
import type { PubSub } from '../messaging/pub-sub.js';
import type { WorkQueue } from '../messaging/work-queue.js';
import type { Database } from '../models/database.js';
import type { ObjectStorage } from '../storage/object-storage.js';

/** What the functions of this folder are made from; each takes the part that it needs. */
export interface RequestDeps extends Telemetry {
  database: Database;
  storage: ObjectStorage;
  queue: WorkQueue;
  pubSub: PubSub;
  progress: ProgressPublisher;
  limits: Limits;
}
