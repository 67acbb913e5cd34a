import { modelOptions, prop } from '@typegoose/typegoose';

/** A fact about the database as a whole. */
@modelOptions({
  schemaOptions: { collection: 'settings', versionKey: false, autoIndex: false, autoCreate: false },
})
export class Setting {
  @prop({ type: () => String, required: true })
  _id!: string;
  @prop({ type: () => String, required: true })
  value!: string;
}
