import { Field, ObjectType } from 'type-graphql';
import { ProcessingErrorCode } from '../../domain/processing-error.js';

@ObjectType({ description: 'Why something could not be made.' })
export class ProcessingError {
  @Field(() => ProcessingErrorCode, { description: 'What kind of failure.' })
  code!: ProcessingErrorCode;

  @Field(() => String, { description: 'A sentence for a person.' })
  message!: string;
}
