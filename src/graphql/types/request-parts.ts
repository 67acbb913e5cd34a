import { Field, Float, Int, ObjectType } from 'type-graphql';
import { InvalidRowPolicy, OutputFormat } from '../../domain/options.js';
import { DateTimeScalar, SafeIntScalar, UrlScalar } from '../scalars.js';
import { WebhookStatus } from './enums.js';

@ObjectType({ description: 'Facts about the images of a request; at its end completed + failed + cancelled = total.' })
export class RequestCounts {
  @Field(() => Int, { description: 'Rows of the file that were taken.' })
  rows!: number;

  @Field(() => Int, { description: 'Image URLs in the file, each time one stands there.' })
  imageUrls!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Different images to make; null until the file has been read through.',
  })
  total!: number | null;

  @Field(() => Int, { description: 'Images that were made.' })
  completed!: number;

  @Field(() => Int, { description: 'Images that could not be made.' })
  failed!: number;

  @Field(() => Int, { description: 'Images that were not begun when the request was cancelled.' })
  cancelled!: number;
}

@ObjectType({ description: 'Bytes of the images that were made.' })
export class RequestBytes {
  @Field(() => SafeIntScalar, { description: 'As they were fetched.' })
  original!: number;

  @Field(() => SafeIntScalar, { description: 'As they are served.' })
  compressed!: number;

  @Field(() => SafeIntScalar, { description: 'The difference of the two.' })
  saved!: number;
}

@ObjectType({ description: 'How like their originals the results are that were measured, 0 to 1.' })
export class RequestSimilarity {
  @Field(() => Int, { description: 'Images that were made and measured.' })
  images!: number;

  @Field(() => Float, { description: 'The mean of their similarities.' })
  mean!: number;

  @Field(() => Float, { description: 'The similarity of the worst of them.' })
  worst!: number;
}

@ObjectType({ description: 'What was asked for with the upload.' })
export class RequestOptions {
  @Field(() => OutputFormat, { description: 'The output format.' })
  format!: OutputFormat;

  @Field(() => Int, { nullable: true, description: 'Encoder quality, 1 to 100; null is the default of the format.' })
  quality!: number | null;

  @Field(() => Int, { nullable: true, description: 'Longest side in pixels; null leaves the size as it is.' })
  maxDimension!: number | null;

  @Field(() => Boolean, { description: 'Whether EXIF and other metadata are kept.' })
  keepMetadata!: boolean;

  @Field(() => Float, {
    nullable: true,
    description: 'Similarity to its original that each result must have, 0 to 1; null leaves it to the quality.',
  })
  minSimilarity!: number | null;

  @Field(() => Boolean, { description: 'Whether the similarity of each result is measured.' })
  measureSimilarity!: boolean;

  @Field(() => InvalidRowPolicy, { description: 'What is done with a row that cannot be read.' })
  invalidRows!: InvalidRowPolicy;

  @Field(() => UrlScalar, { nullable: true, description: 'Told when the request reaches its terminal state.' })
  webhookUrl!: string | null;

  @Field(() => Boolean, { description: 'Whether the output CSV has its new URLs in the place of the old ones.' })
  replaceUrls!: boolean;
}

@ObjectType({ description: 'How the webhook of a request stands.' })
export class WebhookDelivery {
  @Field(() => UrlScalar, { description: 'Where it is delivered.' })
  url!: string;

  @Field(() => WebhookStatus, { description: 'Whether it was delivered.' })
  status!: WebhookStatus;

  @Field(() => Int, { description: 'Tries made so far.' })
  attempts!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was last tried.' })
  lastAttemptAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why the last try failed.' })
  lastError!: string | null;
}
