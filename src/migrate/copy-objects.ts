import { createHash } from 'node:crypto';
import { StartError } from '../domain/errors.js';
import type { ListedObject, ObjectStorage } from '../storage/object-storage.js';

const AT_ONCE = 8;

/**
 * Copies the objects that are not there yet, and reads each one back: of what is named by its hash too, no byte is taken
 * on trust. Answers how many there are, and their bytes. @throws StartError where one differs
 */
export async function copyObjects(
  from: ObjectStorage,
  to: ObjectStorage,
  prefix: string,
  onProgress: (done: number) => void,
): Promise<{ objects: number; bytes: number }> {
  let objects = 0;
  let bytes = 0;
  for await (const page of from.list(prefix)) {
    for (let start = 0; start < page.length; start += AT_ONCE) {
      const batch = page.slice(start, start + AT_ONCE);
      await Promise.all(batch.map((object) => copyObject(from, to, object)));
      objects += batch.length;
      for (const object of batch) bytes += object.bytes;
      onProgress(objects);
    }
  }
  return { objects, bytes };
}

async function copyObject(from: ObjectStorage, to: ObjectStorage, { key, bytes }: ListedObject): Promise<void> {
  const there = await to.head(key);
  const isThere = there?.bytes === bytes && (await hashOf(to, key)) === (await hashOf(from, key));
  if (isThere) return;
  const hash = createHash('sha256');
  const { body } = await from.get(key);
  await to.put(key, hashed(body, hash));
  if ((await hashOf(to, key)) !== hash.digest('hex')) {
    throw new StartError(`The object ${key} is not in the target as it was written. Run this again.`);
  }
}

async function* hashed(body: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>) {
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
}

async function hashOf(storage: ObjectStorage, key: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of (await storage.get(key)).body) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
