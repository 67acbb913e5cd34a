import { Field, Int, ObjectType } from 'type-graphql';
import { CsvErrorCode } from '../../domain/csv-error.js';

@ObjectType({ description: 'A thing wrong with a CSV.' })
export class CsvError {
  @Field(() => CsvErrorCode, { description: 'What kind of thing.' })
  code!: CsvErrorCode;

  @Field(() => String, { description: 'A sentence for a person.' })
  message!: string;

  @Field(() => Int, {
    nullable: true,
    description: '1 for the first row after the header; null when the whole file is meant.',
  })
  row!: number | null;

  @Field(() => String, { nullable: true, description: 'The header of the column, as it stands in the file.' })
  column!: string | null;
}
