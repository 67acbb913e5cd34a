import { Field, ID, Int, ObjectType } from 'type-graphql';
import { CsvDialect } from '../../domain/csv-dialect.js';
import type { ImageId } from '../../domain/ids.js';
import { CsvError } from './csv-error.js';
import { CsvWarning } from './csv-warning.js';
import { Request } from './request.js';

@ObjectType({ description: 'What became of an upload.' })
export class UploadCsvPayload {
  @Field(() => Request, { nullable: true, description: 'The request that was made; null when the file was refused.' })
  request!: Request | null;

  @Field(() => [CsvError], {
    description: 'Why the file was refused, or which rows were left out; at most 100 of `userErrorCount`.',
  })
  userErrors!: CsvError[];

  @Field(() => Int, { description: 'How many things are wrong with the file.' })
  userErrorCount!: number;
}

@ObjectType({ description: 'What is in a file, and what is wrong with it.' })
export class CheckCsvPayload {
  @Field(() => CsvDialect, { description: 'Whose columns the file has; PLAIN where it cannot be read at all.' })
  dialect!: CsvDialect;

  @Field(() => [String], {
    description: 'The headers of the columns whose cells are options for their row, over those of the upload.',
  })
  optionColumns!: string[];

  @Field(() => Int, { description: 'Rows that would be taken.' })
  rows!: number;

  @Field(() => Int, { description: 'Image URLs in those rows, each time one stands there.' })
  imageUrls!: number;

  @Field(() => [CsvError], { description: 'What is wrong with the file, at most 100 of `userErrorCount`.' })
  userErrors!: CsvError[];

  @Field(() => Int, { description: 'How many things are wrong with the file.' })
  userErrorCount!: number;

  @Field(() => [CsvWarning], { description: 'What was repaired on reading the file, at most 100 of `warningCount`.' })
  warnings!: CsvWarning[];

  @Field(() => Int, { description: 'How many things were repaired on reading the file.' })
  warningCount!: number;
}

@ObjectType({ description: 'A request as a mutation left it.' })
export class RequestPayload {
  @Field(() => Request, { description: 'As it is now.' })
  request!: Request;
}

@ObjectType({ description: 'A request that is no more.' })
export class DeleteRequestPayload {
  @Field(() => ID, { description: 'The id that it had.' })
  id!: string;
}

@ObjectType({ description: 'One step of a request.' })
export class RequestStatusEvent {
  @Field(() => Request, { description: 'As it is now.' })
  request!: Request;

  /** For `finishedImages`; not part of the schema. */
  finishedImageIds!: readonly ImageId[];
}
