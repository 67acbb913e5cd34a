import { Field, ObjectType } from 'type-graphql';
import { CsvErrorCode } from '../../domain/csv-error.js';
import { CsvProblem } from './csv-problem.js';

@ObjectType({ description: 'A thing wrong with a CSV.' })
export class CsvError extends CsvProblem {
  @Field(() => CsvErrorCode, { description: 'What kind of thing.' })
  code!: CsvErrorCode;
}
