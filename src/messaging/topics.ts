import type { ImageId, RequestId } from '../domain/ids.js';

/** Work to be done once, by whoever is free. The key keeps what belongs together fair and countable: the request. */
export interface WorkMessages {
  /** Something about this request is to be advanced: expanded, cancelled, reopened, purged. Its status says what. */
  requests: { requestId: RequestId };
  images: { requestId: RequestId; imageId: ImageId };
}

/** News that everyone hears. */
export interface NewsMessages {
  progress: ProgressMessage;
}

export interface ProgressMessage {
  requestId: RequestId;
  /** The request as a worker's own update returned it (`models/request`, plain JSON). */
  request: object;
  revision: number;
  /** Images that ended since this worker's last message about the request. */
  finishedImageIds: ImageId[];
}

export type WorkTopic = keyof WorkMessages;
export type NewsTopic = keyof NewsMessages;
