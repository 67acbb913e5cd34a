import type { CsvWarning } from '../domain/csv-warning.js';
import type { RequestId } from '../domain/ids.js';
import type { FileWarningsModel } from './database.js';

export interface FileWarningsStore {
  /** Before its request is made, so that whoever finds that finds these. */
  keep(id: RequestId, warnings: readonly CsvWarning[]): Promise<void>;
  find(id: RequestId): Promise<CsvWarning[]>;
  remove(ids: readonly RequestId[]): Promise<void>;
}

export function createFileWarningsStore(model: FileWarningsModel): FileWarningsStore {
  return {
    async keep(id, warnings) {
      await model.updateOne({ _id: id }, { $set: { warnings: [...warnings] } }, { upsert: true }).exec();
    },
    find: async (id) => (await model.findById(id).lean().exec())?.warnings ?? [],
    async remove(ids) {
      await model.deleteMany({ _id: { $in: [...ids] } }).exec();
    },
  };
}
