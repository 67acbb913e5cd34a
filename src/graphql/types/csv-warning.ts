import { Field, ObjectType } from 'type-graphql';
import { CsvWarningCode } from '../../domain/csv-warning.js';
import { CsvProblem } from './csv-problem.js';

@ObjectType({ description: 'A thing about a file that was repaired on reading: it is taken, but look at it.' })
export class CsvWarning extends CsvProblem {
  @Field(() => CsvWarningCode, { description: 'What kind of thing.' })
  code!: CsvWarningCode;
}
