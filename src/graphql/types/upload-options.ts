import { Field, Float, InputType, Int } from 'type-graphql';
import { InvalidRowPolicy, OutputFormat } from '../../domain/options.js';
import { DateTimeScalar, UrlScalar } from '../scalars.js';

@InputType({ description: 'How to work on an uploaded file.' })
export class UploadOptions {
  @Field(() => OutputFormat, {
    nullable: true,
    defaultValue: OutputFormat.KEEP,
    description: 'The output format. KEEP gives each image back in the format it came in.',
  })
  format?: OutputFormat | null;

  @Field(() => Int, { nullable: true, description: 'Encoder quality, 1 to 100; left out, the default of the format.' })
  quality?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Longest side in pixels; a larger image is scaled down to it, a smaller one is left as it is.',
  })
  maxDimension?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Keep EXIF and other metadata. Colour profile and orientation are honoured in any case.',
  })
  keepMetadata?: boolean | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Similarity to its original that each result must have, 0 to 1 (see `Image.similarity`): the quality of each is raised until it holds, and lowered where it is far above, by at most 4 encodes. `quality` is where that begins. Formats without loss may become lossy for it.',
  })
  minSimilarity?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'Measure the similarity of each result to its original, which costs about as much again as compressing it.',
  })
  measureSimilarity?: boolean | null;

  @Field(() => InvalidRowPolicy, {
    nullable: true,
    defaultValue: InvalidRowPolicy.REFUSE_FILE,
    description: 'What to do with a row that cannot be read: refuse the file, or leave the row out and report it.',
  })
  invalidRows?: InvalidRowPolicy | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description: 'Told when the request reaches its terminal state (Standard Webhooks).',
  })
  webhookUrl?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'Put the new URLs into the image column of the output CSV, in the place of the old ones, and add no column: so it can be imported back. An image that could not be made keeps its old URL.',
  })
  replaceUrls?: boolean | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'When the request is to be gone, with its products and stored files: one that is still at work by then is cancelled first. Left out, it stays for as long as the service keeps any.',
  })
  expiresAt?: Date | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The same key with the same file gives the same request back; with another file it is the error IDEMPOTENCY_KEY_REUSED.',
  })
  idempotencyKey?: string | null;
}
