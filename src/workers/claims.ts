import { randomUUID } from 'node:crypto';
import DataLoader from 'dataloader';
import type { ImageId } from '../domain/ids.js';
import type { Image } from '../models/image.js';
import type { WorkerDeps } from './deps.js';
import { every } from './every.js';

/** Renewals within one lease: two may fail before a claim is lost. */
const RENEWALS = 3;

export interface ClaimedImage {
  image: Image;
  /** Names this try, and those taken with it: only its holder may record how the image ended. */
  claim: string;
}

/** The images that this process works on, each by a lease that is renewed for as long as it is held. */
export interface Claims {
  /** Null where there is nothing to do: it is in work, here or elsewhere, or it has ended, or it waits. */
  take(id: ImageId): Promise<ClaimedImage | null>;
  /** Images in hand. */
  readonly size: number;
  /** After its end was recorded, or could not be: no more renewals. */
  drop(claimed: ClaimedImage): void;
  close(): Promise<void>;
}

/** @param leaseMs after which a claim that is not renewed is taken for a dead worker's, in milliseconds */
export function createClaims({
  database,
  log,
  leaseMs,
}: Pick<WorkerDeps, 'database' | 'log'> & { leaseMs: number }): Claims {
  const held = new Map<ImageId, string>();
  const inWork = new Set<ImageId>();
  const until = () => new Date(Date.now() + leaseMs);
  const renew = async () => {
    if (held.size > 0) await database.images.renewLeases(held, until());
  };
  const renewing = every(leaseMs / RENEWALS, 'renew leases', renew, log);
  // Places often become free together: what is taken into them is claimed together.
  const claiming = new DataLoader<ImageId, ClaimedImage | null>(
    async (ids) => {
      const claim = randomUUID();
      const images = await database.images.claimImages(ids, claim, until());
      const taken = new Map(images.map((image) => [image._id, image]));
      return ids.map((id) => {
        const image = taken.get(id);
        return image ? { image, claim } : null;
      });
    },
    { cache: false },
  );
  return {
    async take(id) {
      // Its lease may have run out while this process was too busy to renew it: it is in work here all the same.
      if (inWork.has(id)) return null;
      inWork.add(id);
      const claimed = await claiming.load(id).catch((error) => {
        inWork.delete(id);
        throw error;
      });
      if (claimed) held.set(id, claimed.claim);
      else inWork.delete(id);
      return claimed;
    },
    get size() {
      return inWork.size;
    },
    drop({ image }) {
      held.delete(image._id);
      inWork.delete(image._id);
    },
    close: () => renewing.close(),
  };
}
