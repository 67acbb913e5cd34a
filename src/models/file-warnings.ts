import { modelOptions, prop, Severity } from '@typegoose/typegoose';
import type { CsvWarning } from '../domain/csv-warning.js';
import type { RequestId } from '../domain/ids.js';

/** What was repaired on reading a file: apart from its request, which is read and written for every image. */
@modelOptions({
  schemaOptions: { collection: 'fileWarnings', versionKey: false, autoIndex: false, autoCreate: false },
  options: { allowMixed: Severity.ALLOW },
})
export class FileWarnings {
  /** Of the request. */
  @prop({ type: () => String, required: true })
  _id!: RequestId;
  /** At most 100. */
  @prop({ type: () => [Object], required: true })
  warnings!: CsvWarning[];
}
