import type { LeaseModel } from './database.js';
import { isDuplicateKey } from './insert-missing.js';

/** Every conditional write of leases. */
export interface LeaseTransitions {
  /**
   * Takes or renews a lease that is free, has run out, or is held by one of `holders`.
   * @returns null when it is ours now, else who has it
   */
  takeLease(name: string, holder: string, holders: readonly string[], until: Date): Promise<string | null>;
  dropLease(name: string, holder: string): Promise<void>;
}

export function createLeaseTransitions(model: LeaseModel): LeaseTransitions {
  return {
    async takeLease(name, holder, holders, until) {
      const free = { _id: name, $or: [{ holder: { $in: [...holders] } }, { until: { $lt: new Date() } }] };
      const { matchedCount } = await model.updateOne(free, { $set: { holder, until } }).exec();
      if (matchedCount === 1) return null;
      try {
        await model.collection.insertOne({ _id: name, holder, until } as object);
        return null;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        return (await model.findById(name).lean().exec())?.holder ?? 'another process';
      }
    },
    async dropLease(name, holder) {
      await model.deleteOne({ _id: name, holder }).exec();
    },
  };
}
