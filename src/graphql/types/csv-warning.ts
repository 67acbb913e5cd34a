import { Field, Int, ObjectType } from 'type-graphql';
import { CsvWarningCode } from '../../domain/csv-warning.js';

@ObjectType({ description: 'A thing about a file that was repaired on reading: it is taken, but look at it.' })
export class CsvWarning {
  @Field(() => CsvWarningCode, { description: 'What kind of thing.' })
  code!: CsvWarningCode;

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
