import { randomUUID } from 'node:crypto';
import type { ImageId, RequestId } from '../../src/domain/ids.js';
import type { Database } from '../../src/models/database.js';

/** Images of a request, as an expansion writes them. */
export async function makeImages(
  database: Database,
  count: number,
  { requestId = randomUUID() as RequestId, from = 0 } = {},
): Promise<{ requestId: RequestId; ids: ImageId[] }> {
  const images = Array.from({ length: count }, (_, index) => {
    const seq = from + index;
    return { _id: `${requestId}.i${seq}` as ImageId, requestId, seq, sourceUrl: `http://x/${seq}` };
  });
  await database.images.insertMissing(images);
  return { requestId, ids: images.map(({ _id }) => _id) };
}
