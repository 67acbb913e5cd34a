import { UnavailableError } from '../domain/errors.js';
import { PROBE_KEY } from './keys.js';
import type { ObjectStorage } from './object-storage.js';

/** Between two probes of a store that takes nothing, in milliseconds. */
const PROBE_EVERY_MS = 2_000;

/**
 * A store that remembers that it could take nothing (no room, no right, no answer), and then tries with a small object
 * of its own whether it can again: so no image is fetched to be thrown away, and `check` tells the truth of a store
 * that can be reached and takes nothing.
 */
export function withProbe(store: Omit<ObjectStorage, 'ready' | 'noteOutage'>): ObjectStorage {
  let failure: unknown = null;
  let probed = 0;
  let probing: Promise<void> | null = null;
  const note = (outage: unknown) => {
    failure = outage;
    probed = Date.now();
  };
  const put: ObjectStorage['put'] = async (key, body) => {
    try {
      const stored = await store.put(key, body);
      failure = null;
      return stored;
    } catch (error) {
      // What is stored may come from another engine, and fail by it.
      if (error instanceof UnavailableError && error.engine === 'object store') note(error);
      throw error;
    }
  };
  const probe = async () => {
    await put(PROBE_KEY, Buffer.from('Can anything be stored?'));
    await store.delete([PROBE_KEY]);
  };
  const ready = async () => {
    if (!failure) return;
    if (!probing && Date.now() - probed < PROBE_EVERY_MS) throw failure;
    probing ??= probe().finally(() => {
      probing = null;
    });
    await probing;
  };
  return {
    ...store,
    put,
    ready,
    noteOutage: note,
    async check() {
      await store.check();
      await ready();
    },
  };
}
