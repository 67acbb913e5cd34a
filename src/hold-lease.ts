import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { StartError } from './domain/errors.js';
import type { Log } from './domain/log.js';
import type { Database } from './models/database.js';

const LEASE_MS = 30_000;
const RENEW_EVERY_MS = LEASE_MS / 3;
const TRY_EVERY_MS = 1_000;

/**
 * Messaging within the process is for one process on a database: a second one is refused. Where the holder does not
 * renew its lease, because it was killed on another machine, it is waited for.
 * @throws StartError that names the holder, and the variable to set
 */
export async function holdLease({ leases }: Database, name: string, log: Log): Promise<{ close(): Promise<void> }> {
  const self = `${hostname()}:${process.pid}`;
  const take = async () => {
    const until = new Date(Date.now() + LEASE_MS);
    const holder = await leases.takeLease(name, self, [self], until);
    // One that died on this machine is not waited for.
    return holder && isDead(holder) ? leases.takeLease(name, self, [self, holder], until) : holder;
  };
  const end = Date.now() + LEASE_MS + TRY_EVERY_MS;
  for (let holder = await take(); holder; holder = await take()) {
    if (holder.startsWith(`${hostname()}:`) || Date.now() > end) throw inUse(holder);
    log.warn({ holder }, 'another process has the messaging of this database; waiting for it to be gone');
    await pause(TRY_EVERY_MS);
  }
  const renewing = setInterval(() => {
    take()
      .then((holder) => holder && log.error({ holder }, 'another process took over the messaging of this database'))
      .catch((error) => log.warn({ error }, 'lease not renewed'));
  }, RENEW_EVERY_MS);
  return {
    async close() {
      clearInterval(renewing);
      await leases.dropLease(name, self).catch((error) => log.warn({ error }, 'lease not dropped'));
    },
  };
}

function inUse(holder: string): StartError {
  return new StartError(
    `The database of MONGODB_URI is in use by process ${holder}, and so is its messaging. Stop that one, or set ` +
      'KAFKA_BROKERS (and AWS_BUCKET_NAME) for several processes together.',
  );
}

/** Only of this machine can it be said. */
function isDead(holder: string): boolean {
  const [, pid] = holder.split(/:(?=\d+$)/);
  if (!holder.startsWith(`${hostname()}:`) || Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
