import { index, modelOptions, prop } from '@typegoose/typegoose';
import type { ImageId, RequestId } from '../domain/ids.js';
import { ImageStatus } from '../domain/image-status.js';
import type { ImageWarningCode } from '../domain/image-warning.js';
import { OutputFormat, type RowOptions } from '../domain/options.js';
import type { ProcessingErrorCode } from '../domain/processing-error.js';
import type { Thousandths } from '../domain/similarity.js';

const part = { schemaOptions: { _id: false } } as const;

@modelOptions(part)
export class StoredImage {
  @prop({ type: () => String, required: true })
  key!: string;
  @prop({ type: () => Number, required: true })
  bytes!: number;
  @prop({ type: () => Number, required: true })
  width!: number;
  @prop({ type: () => Number, required: true })
  height!: number;
  @prop({ type: () => String, required: true })
  format!: string;
  @prop({ type: () => String, required: true })
  contentType!: string;
}

@modelOptions(part)
class ImageWarning {
  @prop({ type: () => String, required: true })
  code!: ImageWarningCode;
  @prop({ type: () => String, required: true })
  message!: string;
}

@modelOptions(part)
class ImageError {
  @prop({ type: () => String, required: true })
  code!: ProcessingErrorCode;
  @prop({ type: () => String, required: true })
  message!: string;
}

@modelOptions(part)
class StoredRowOptions implements RowOptions {
  @prop({ type: () => String, enum: Object.values(OutputFormat) })
  format?: OutputFormat;
  @prop({ type: () => Number })
  quality?: number | null;
  @prop({ type: () => Number })
  maxDimension?: number | null;
  @prop({ type: () => Boolean })
  keepMetadata?: boolean;
  @prop({ type: () => Number })
  minSimilarity?: number | null;
}

/** One different URL of a request, with its options. */
@index({ requestId: 1, seq: 1 })
@index({ requestId: 1, status: 1, seq: 1 })
@index({ notBefore: 1 })
@modelOptions({
  schemaOptions: { collection: 'images', versionKey: false, minimize: false, autoIndex: false, autoCreate: false },
})
export class Image {
  @prop({ type: () => String, required: true })
  _id!: ImageId;
  @prop({ type: () => String, required: true })
  requestId!: RequestId;
  /** Its place among the image URLs of the file, from 0: that of the first one where the URL stands more than once. */
  @prop({ type: () => Number, required: true })
  seq!: number;
  @prop({ type: () => String, required: true })
  sourceUrl!: string;
  /** What its rows ask for over the request's options; absent where that is nothing. */
  @prop({ type: () => StoredRowOptions })
  options?: RowOptions;
  @prop({ type: () => String, enum: Object.values(ImageStatus), required: true })
  status!: ImageStatus;
  @prop({ type: () => Number, default: 0 })
  attempts!: number;
  /** Workers that were lost while they held it: not its tries, unless it is what they died of. */
  @prop({ type: () => Number, default: 0 })
  losses!: number;
  /** Who works on it: only the holder of this claim may record an end. */
  @prop({ type: () => String, default: null })
  claim!: string | null;
  /** Until when the claim holds; past that the worker is taken for dead. */
  @prop({ type: () => Date, default: null })
  leaseUntil!: Date | null;
  /** A PENDING image that waits for a while is off the bus until then. */
  @prop({ type: () => Date, default: null })
  notBefore!: Date | null;
  /** The number of the retry that opened it again last: who stood still since then does not do it once more. */
  @prop({ type: () => Number })
  retry?: number;
  @prop({ type: () => StoredImage, default: null })
  original!: StoredImage | null;
  @prop({ type: () => StoredImage, default: null })
  compressed!: StoredImage | null;
  @prop({ type: () => Boolean, default: false })
  keptOriginal!: boolean;
  /** Not there in what a version without them stored. */
  @prop({ type: () => [ImageWarning], default: [] })
  warnings?: ImageWarning[];
  /** Of the result to its original, in thousandths; absent where it was not measured. */
  @prop({ type: () => Number })
  similarity?: Thousandths;
  @prop({ type: () => ImageError, default: null })
  error!: ImageError | null;
}
