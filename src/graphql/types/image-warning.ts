import { Field, ObjectType } from 'type-graphql';
import { ImageWarningCode } from '../../domain/image-warning.js';

@ObjectType({ description: 'A thing about a result that its original, or the options, would not have one expect.' })
export class ImageWarning {
  @Field(() => ImageWarningCode, { description: 'What kind of thing.' })
  code!: ImageWarningCode;

  @Field(() => String, { description: 'A sentence for a person.' })
  message!: string;
}
