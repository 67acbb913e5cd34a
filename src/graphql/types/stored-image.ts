import { Field, Int, ObjectType } from 'type-graphql';
import { SafeIntScalar, UrlScalar } from '../scalars.js';

@ObjectType({ description: 'An image as it is stored and served.' })
export class StoredImage {
  @Field(() => UrlScalar, { description: 'Where it is served.' })
  url!: string;

  @Field(() => SafeIntScalar, { description: 'Its size in bytes.' })
  bytes!: number;

  @Field(() => Int, { description: 'In pixels, as a viewer sees it.' })
  width!: number;

  @Field(() => Int, { description: 'In pixels, as a viewer sees it.' })
  height!: number;

  @Field(() => String, {
    description: '`jpeg`, `png`, `webp`, `avif`, `gif`, `tiff` or `svg`: by content, not by name.',
  })
  format!: string;

  @Field(() => String, { description: 'As it is served.' })
  contentType!: string;
}
