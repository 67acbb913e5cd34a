import { StartError } from '../domain/errors.js';
import type { SettingsStore } from '../models/settings-store.js';

/** In the settings of a migration's target: the source that is being moved there. */
export const MARK = 'migratedFrom';

/** What stands there once all of it is there. */
export function moved(source: string): string {
  return `${source}${DONE}`;
}

const DONE = ' done';

/**
 * Refuses a target that a migration has not come to the end of: what is made there meanwhile, the next run of it drops.
 * @throws StartError that says what is to be done
 */
export async function checkMigrated(settings: Pick<SettingsStore, 'read'>): Promise<void> {
  const mark = await settings.read(MARK);
  if (mark === null || mark.endsWith(DONE)) return;
  throw new StartError(
    'A migration to this database was broken off, and only a part of the requests is there. Run `pixelpress migrate` ' +
      'again to its end; to begin with nothing instead, empty the database.',
  );
}
