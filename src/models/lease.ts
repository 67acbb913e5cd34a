import { modelOptions, prop } from '@typegoose/typegoose';

/** A right that one process has at a time. */
@modelOptions({
  schemaOptions: { collection: 'leases', versionKey: false, autoIndex: false, autoCreate: false },
})
export class Lease {
  @prop({ type: () => String, required: true })
  _id!: string;
  /** `host:pid`; of a sweep `host:` and an id of the worker's own */
  @prop({ type: () => String, required: true })
  holder!: string;
  @prop({ type: () => Date, required: true })
  until!: Date;
}
