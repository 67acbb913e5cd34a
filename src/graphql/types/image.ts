import { Field, Float, Int, ObjectType } from 'type-graphql';
import { ImageStatus } from '../../domain/image-status.js';
import { UrlScalar } from '../scalars.js';
import { ImageWarning } from './image-warning.js';
import { Node } from './node.js';
import { ProcessingError } from './processing-error.js';
import { RowOptions } from './row-options.js';
import { StoredImage } from './stored-image.js';

@ObjectType({
  description: 'One different image URL of a request, with its options; it may stand in several rows.',
  implements: Node,
})
export class Image extends Node {
  @Field(() => UrlScalar, { description: 'Where it is fetched from, as it stands in the file.' })
  sourceUrl!: string;

  @Field(() => RowOptions, {
    nullable: true,
    description: 'What its rows ask for over the options of the request; null where that is nothing.',
  })
  rowOptions!: RowOptions | null;

  @Field(() => ImageStatus, { description: 'How far it has come.' })
  status!: ImageStatus;

  @Field(() => StoredImage, { nullable: true, description: 'As it was fetched; null until it is made.' })
  original!: StoredImage | null;

  @Field(() => StoredImage, { nullable: true, description: 'The result; null until it is made.' })
  compressed!: StoredImage | null;

  @Field(() => Boolean, {
    description: 'True when the compressed form would not have been smaller, so the original is served as it is.',
  })
  keptOriginal!: boolean;

  @Field(() => Float, {
    nullable: true,
    description:
      'How like its original the result is, in the size of the result: 1 where every pixel is the same, from about 0.9 on nobody sees a difference side by side, 0.7 is good, 0.5 middling; about a hundredth of SSIMULACRA2. Of a moving picture the first frame counts. Null unless `measureSimilarity` or `minSimilarity` asked for it.',
  })
  similarity!: number | null;

  @Field(() => [ImageWarning], { description: 'What is different about the result; empty for most.' })
  warnings!: ImageWarning[];

  @Field(() => Int, { description: 'How often it was tried.' })
  attempts!: number;

  @Field(() => ProcessingError, {
    nullable: true,
    description: 'Why it failed, or why its last try did; null otherwise.',
  })
  error!: ProcessingError | null;
}
