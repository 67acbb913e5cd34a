import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { WorkerDeps } from './deps.js';

/** Whether this worker has what is named for the next `ms` milliseconds; where not, another one has it. */
export type TakeSweep = (name: string, ms: number) => Promise<boolean>;

/**
 * What is looked for in all that is kept, one worker of all looks for: each of them would cost as much as one. A lease is
 * not given back but runs out, so that it is also the pause until the next look, whoever takes that, and a worker that
 * died is waited for no longer.
 * @param alone no other process works on this database: then nothing is asked, and each start looks at once
 */
export function createTakeSweep({ database, alone }: Pick<WorkerDeps, 'database'> & { alone: boolean }): TakeSweep {
  const self = `${hostname()}:${randomUUID()}`;
  return async (name, ms) =>
    alone || (await database.leases.takeLease(name, self, [self], new Date(Date.now() + ms))) === null;
}
