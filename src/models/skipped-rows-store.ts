import type { CsvError } from '../domain/csv-error.js';
import type { RequestId } from '../domain/ids.js';
import type { SkippedRowsModel } from './database.js';

export interface SkippedRowsStore {
  /** Before its request is made, so that whoever finds that finds these. */
  keep(id: RequestId, rows: readonly CsvError[]): Promise<void>;
  find(id: RequestId): Promise<CsvError[]>;
  remove(ids: readonly RequestId[]): Promise<void>;
}

export function createSkippedRowsStore(model: SkippedRowsModel): SkippedRowsStore {
  return {
    async keep(id, rows) {
      await model.updateOne({ _id: id }, { $set: { rows: [...rows] } }, { upsert: true }).exec();
    },
    find: async (id) => (await model.findById(id).lean().exec())?.rows ?? [],
    async remove(ids) {
      await model.deleteMany({ _id: { $in: [...ids] } }).exec();
    },
  };
}
