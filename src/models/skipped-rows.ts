import { modelOptions, prop, Severity } from '@typegoose/typegoose';
import type { CsvError } from '../domain/csv-error.js';
import type { RequestId } from '../domain/ids.js';

/** The rows of a file that were left out: apart from its request, which is read and written for every image. */
@modelOptions({
  schemaOptions: { collection: 'skippedRows', versionKey: false, autoIndex: false, autoCreate: false },
  options: { allowMixed: Severity.ALLOW },
})
export class SkippedRows {
  /** Of the request. */
  @prop({ type: () => String, required: true })
  _id!: RequestId;
  /** At most 100. */
  @prop({ type: () => [Object], required: true })
  rows!: CsvError[];
}
