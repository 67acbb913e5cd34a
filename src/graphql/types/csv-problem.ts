import { Field, Int, ObjectType } from 'type-graphql';

/** What is said of an error and of a warning alike: where in the file, and in which words. */
@ObjectType()
export abstract class CsvProblem {
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
