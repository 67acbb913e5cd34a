import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { OWNER_KEY, REQUESTS_PREFIX, requestOfPrefix } from '../storage/keys.js';
import { ObjectNotFoundError } from '../storage/object-storage.js';
import type { WorkerDeps } from './deps.js';

type Deps = Pick<WorkerDeps, 'database' | 'storage' | 'log'>;

/**
 * Whether the objects are this database's, said once for each process: in a store that another one has marked, what
 * this one does not know is the other's. A store without a mark gets ours, unless most of what is in it is unknown here:
 * then the database was lost, or is the wrong one.
 */
export function createOwnsStorage(deps: Deps): () => Promise<boolean> {
  let owns: boolean | null = null;
  return async () => {
    owns ??= await decide(deps);
    return owns;
  };
}

async function decide(deps: Deps): Promise<boolean> {
  const { database, storage, log } = deps;
  const own = await database.settings.settle('objects', randomUUID());
  const mark = await readMark(storage);
  if (mark === own) return true;
  if (mark === null && (await knowsFolders(deps))) {
    await storage.put(OWNER_KEY, Buffer.from(own));
    return true;
  }
  log.error({ mark, own }, 'the object store belongs to another database; nothing in it is swept');
  return false;
}

async function readMark(storage: WorkerDeps['storage']): Promise<string | null> {
  try {
    return await text((await storage.get(OWNER_KEY)).body);
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null;
    throw error;
  }
}

async function knowsFolders({ database, storage }: Deps): Promise<boolean> {
  for await (const folders of storage.folders(REQUESTS_PREFIX)) {
    const ids = folders.map(requestOfPrefix).filter((id) => id !== null);
    const existing = await database.requests.findExisting(ids);
    return 2 * existing.size >= ids.length;
  }
  return true;
}
