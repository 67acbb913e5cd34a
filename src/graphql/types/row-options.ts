import { Field, Float, Int, ObjectType } from 'type-graphql';
import { OutputFormat } from '../../domain/options.js';

@ObjectType({ description: 'Options that a row has in columns of their names; null is that of the request.' })
export class RowOptions {
  @Field(() => OutputFormat, { nullable: true, description: 'The output format.' })
  format?: OutputFormat;

  @Field(() => Int, { nullable: true, description: 'Encoder quality, 1 to 100.' })
  quality?: number | null;

  @Field(() => Int, { nullable: true, description: 'Longest side in pixels.' })
  maxDimension?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether EXIF and other metadata are kept.' })
  keepMetadata?: boolean;

  @Field(() => Float, { nullable: true, description: 'Similarity to its original that the result must have, 0 to 1.' })
  minSimilarity?: number | null;
}
