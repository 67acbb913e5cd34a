import pino from 'pino';
import type { ImageId } from '../../src/domain/ids.js';
import type { Database } from '../../src/models/database.js';
import { createClaims } from '../../src/workers/claims.js';
import { waitFor } from '../support/wait-for.js';

const id = 'r.i1' as ImageId;

/** A database whose leases are as old as can be: whoever asks gets the image. */
function freeForAll() {
  const renewed: string[][] = [];
  const database = {
    images: {
      claimImages: async (ids: readonly ImageId[]) => ids.map((_id) => ({ _id })),
      renewLeases: async (held: ReadonlyMap<ImageId, string>) => void renewed.push([...held.values()]),
    },
  } as unknown as Database;
  return { renewed, claims: createClaims({ database, log: pino({ level: 'silent' }), leaseMs: 30 }) };
}

describe('the claims of a process', () => {
  it('are renewed for as long as they are held', async () => {
    const { renewed, claims } = freeForAll();
    const taken = await claims.take(id);
    await waitFor('renewals', () => renewed.length > 2);
    expect(new Set(renewed.flat())).toEqual(new Set([taken?.claim]));
    await claims.close();
  });

  it('never take an image twice at a time, even where its lease ran out', async () => {
    const { claims } = freeForAll();
    const [first, second] = await Promise.all([claims.take(id), claims.take(id)]);
    expect([first === null, second === null].sort()).toEqual([false, true]);
    claims.drop(first ?? second ?? ({} as never));
    expect(await claims.take(id)).not.toBeNull();
    await claims.close();
  });
});
